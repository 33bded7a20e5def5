// `near`: https://hl7.org/fhir/R4/location.html#search, within a distance of a place on the globe.                             (pure)
import type { Condition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant, split } from '../split.ts';
import { UCUM, UNITS } from '../units.ts';
import { type Asked, any, idsOf } from './context.ts';

/** "If the distance is omitted, then the server can use its own discretion". */
const DISTANCE_KM = 50;
const METRE = UNITS.canonical(UCUM, 'm')?.unit;
/** What people write for UCUM's international mile and foot. */
const COMMON: { readonly [unit: string]: string } = { mi: '[mi_i]', ft: '[ft_i]', nmi: '[nmi_i]' };

export function readNear({ parameter, name, modifier, values }: Asked): Condition {
  if (modifier !== undefined) throw unknownModifier(name, modifier, ['missing']);
  return any(values.map((value) => ({ kind: 'near', params: idsOf(parameter), ...readCircle(value, name) })));
}

type Circle = { readonly latitude: number; readonly longitude: number; readonly distanceM: number };

function readCircle(value: string, name: string): Circle {
  const [first = '', second = '', far = '', unit = '', ...more] = split(value, '|').map(meant);
  const [latitude, longitude, distance] = [decimal(first), decimal(second), far === '' ? DISTANCE_KM : decimal(far)];
  const metres = far === '' ? DISTANCE_KM * 1_000 : inMetres(distance, unit === '' ? 'km' : unit);
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (more.length > 0 || !isPlace || !(metres >= 0))
    throw malformed(
      name,
      'latitude|longitude|distance|unit, in degrees and a UCUM unit of length, such as 51.5|-0.12|10|km; without a unit it is km',
    );
  return { latitude, longitude, distanceM: metres };
}

function decimal(text: string): number {
  return /^[+-]?\d{1,9}(?:\.\d{1,20})?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** NaN for what is no unit of length. */
function inMetres(distance: number, unit: string): number {
  const canonical = UNITS.canonical(UCUM, COMMON[unit] ?? unit);
  return canonical === undefined || canonical.unit !== METRE ? Number.NaN : canonical.convert(distance);
}
