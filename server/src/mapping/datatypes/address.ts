// XAD and AD to Address.
import type { Node, NodeObject } from '../sourced.ts';
import { alternateCode } from './concept.ts';
import { as, list, object, type Part, type Reading, some, take } from './part.ts';
import { tableSystem } from './systems.ts';
import { readPeriod, readPeriodOf } from './time.ts';

/** Table 0190 and the codes UK senders use (PST, TMP). What neither `use` nor `type` can say keeps its code beside `use`. */
const KIND: { readonly [code: string]: { readonly use: string } | { readonly type: string } } = {
  H: { use: 'home' },
  HOME: { use: 'home' },
  C: { use: 'temp' },
  TMP: { use: 'temp' },
  TEMP: { use: 'temp' },
  B: { use: 'work' },
  O: { use: 'work' },
  BI: { use: 'billing' },
  BA: { use: 'old' },
  BAD: { use: 'old' },
  M: { type: 'postal' },
  PST: { type: 'postal' },
  SH: { type: 'postal' },
};

export function readAddress(reading: Reading, part: Part): NodeObject | undefined {
  const place = object({
    line: some(readLines(part)),
    city: take(part.at(3)),
    district: take(part.at(9)),
    state: take(part.at(4)),
    postalCode: take(part.at(5)),
    country: take(part.at(6)),
  });
  if (place === undefined) return undefined;
  const period = readPeriodOf(reading, part.at(13), part.at(14)) ?? readPeriod(reading, part.at(12));
  return { ...readKind(part.at(7)), ...place, period };
}

/** Street address with its sub-components (street, number), other designation and addressee, as they follow on the wire. */
function readLines(part: Part): readonly Node[] {
  const street = part.at(1);
  const pieces = Array.from({ length: street.size }, (_, index) => take(street.at(index + 1)));
  return list(...pieces, take(part.at(2)), take(part.at(19)));
}

function readKind(part: Part): NodeObject {
  const code = part.text.toUpperCase();
  if (code === '') return {};
  const kind = KIND[code];
  if (kind === undefined) return { _use: alternateCode(tableSystem('0190'), part) };
  return 'use' in kind ? { use: as(kind.use, part) } : { type: as(kind.type, part) };
}
