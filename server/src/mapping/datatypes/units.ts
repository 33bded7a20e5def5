// Units of measure: what a laboratory writes, to UCUM by an explicit table. A unit that is not listed stays text without a code.
import { leaf, type NodeObject } from '../sourced.ts';
import { type Part, type Reading, raise } from './part.ts';
import { codeSystem } from './systems.ts';
import table from './units.json' with { type: 'json' };

export const UCUM = 'http://unitsofmeasure.org';

const CODE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(table.units).flatMap(([code, aliases]) => aliases.map((alias): [string, string] => [alias, code])),
);

/** UCUM code of a unit as written; undefined when the table does not list it. Never guessed. */
export function ucumCode(unit: string): string | undefined {
  return CODE_OF.get(unit.trim());
}

/**
 * `{ unit, system, code }` for a Quantity from CE or CWE: code, code and text, or text only. The name a person reads is the
 * sender's own, even where the code is more exact.
 */
export function readUnit(reading: Reading, part: Part): NodeObject | undefined {
  const [first, named] = [part.at(1), part.at(2)];
  const text = named.text === '' ? first : named;
  if (text.text === '') return undefined;
  const split = splitUnit(first, named);
  if (split !== undefined) return split;
  const coded = codeOf(reading, part);
  if (coded === undefined) {
    const message =
      'This unit is not in the table of units; the value is kept with the unit as text and cannot be converted.';
    raise(reading, text, { severity: 'information', code: 'code-invalid', reason: 'unit-unknown', message });
    return { unit: leaf(text.text, ...(first.text === text.text ? [first.unit, named.unit] : [text.unit])) };
  }
  return {
    unit: leaf(text.text, text.unit),
    system: leaf(UCUM, coded.system.unit),
    code: leaf(coded.code, coded.from.unit),
  };
}

/** `10^9/L` sent without escaping its caret arrives as two components. */
function splitUnit(first: Part, named: Part): NodeObject | undefined {
  const whole = `${first.text}^${named.text}`;
  const code = named.text === '' ? undefined : ucumCode(whole);
  return code === undefined ? undefined : { unit: leaf(whole, first.unit, named.unit), system: UCUM, code };
}

type Coded = { readonly code: string; readonly from: Part; readonly system: Part };

function codeOf(reading: Reading, part: Part): Coded | undefined {
  for (const [at, name, system] of [
    [1, 2, 3],
    [4, 5, 6],
  ] as const) {
    const [first, named, systemPart] = [part.at(at), part.at(name), part.at(system)];
    const listed = [first, named].find((one) => ucumCode(one.text) !== undefined);
    const code = listed === undefined ? undefined : ucumCode(listed.text);
    if (listed !== undefined && code !== undefined) return { code, from: listed, system: systemPart };
    const claimed = first.text !== '' && codeSystem(reading.source, systemPart.text) === UCUM;
    if (claimed) return { code: first.text, from: first, system: systemPart };
  }
  return undefined;
}
