// Numbers and units as SQL on a row of `search_number` or `search_quantity`.
import type { Bind, Interval } from './dates-reader.ts';
import type { RowCondition } from './query.ts';

type Row = { readonly x: string; readonly bind: Bind };
type Number = Interval & { readonly value: number };

/** "Equal" and its opposite take the digits written as a range; the others the number itself. */
export function numberSql({ comparator, value, low, high }: Number, { x, bind }: Row): string {
  const at = (number: number) => `${bind(number)}::double precision`;
  switch (comparator) {
    case 'eq':
      return `${x}.low >= ${at(low)} and ${x}.low < ${at(high)} and ${x}.high < ${at(high)}`;
    case 'ne':
      return `not (${x}.low >= ${at(low)} and ${x}.high < ${at(high)})`;
    case 'gt':
      return `${x}.high > ${at(value)}`;
    case 'ge':
      return `${x}.high >= ${at(value)}`;
    case 'lt':
      return `${x}.low < ${at(value)}`;
    case 'le':
      return `${x}.low <= ${at(value)}`;
    case 'sa':
      return `${x}.low > ${at(value)}`;
    case 'eb':
      return `${x}.low < ${at(value)} and ${x}.high < ${at(value)}`;
    case 'ap':
      return `${x}.low <= ${at(high)} and ${x}.high >= ${at(low)}`;
  }
}

export function unitSql({ unit }: RowCondition & { kind: 'quantities' }, { x, bind }: Row): string {
  if (unit.kind === 'unit') return `${x}.unit = ${bind(String(unit.unit))}::bigint`;
  if (unit.kind === 'any') return `${x}.unit = 0`;
  const code = `${bind(String(unit.code))}::bigint`;
  return `${x}.unit = 0 and (${x}.code = ${code} or ${x}.unit_text = ${code})`;
}

/** Metres of the globe's mean radius, and of a degree along a meridian. */
const RADIUS_M = 6_371_008.8;
const DEGREE_M = (Math.PI * RADIUS_M) / 180;

/** Along the great circle. The latitude alone is a stretch of the index, and what is in it is measured. */
export function nearSql({ latitude, longitude, distanceM }: RowCondition & { kind: 'near' }, { x, bind }: Row): string {
  const at = (number: number) => `${bind(number)}::double precision`;
  const reach = distanceM / DEGREE_M;
  const half = `power(sind((${x}.low - ${at(latitude)}) / 2), 2)
    + cosd(${at(latitude)}) * cosd(${x}.low) * power(sind((${x}.high - ${at(longitude)}) / 2), 2)`;
  return `${x}.low >= ${at(latitude - reach)} and ${x}.low <= ${at(latitude + reach)}
    and ${2 * RADIUS_M} * asin(least(1, sqrt(${half}))) <= ${at(distanceM)}`;
}
