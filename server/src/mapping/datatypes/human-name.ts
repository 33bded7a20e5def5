// XPN, PN and the name inside XCN and CN to HumanName.
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { alternateCode } from './concept.ts';
import { as, list, object, type Part, type Reading, some, take } from './part.ts';
import { tableSystem } from './systems.ts';
import { readPeriod, readPeriodOf } from './time.ts';

/** Table 0200 and the words ITK uses in its place. A type without a FHIR use keeps its code beside `use`. */
const NAME_USE: { readonly [code: string]: string } = {
  L: 'official',
  R: 'official',
  D: 'usual',
  PREFERRED: 'usual',
  M: 'maiden',
  'PREVIOUS-MAIDEN': 'maiden',
  N: 'nickname',
  MSK: 'anonymous',
  NAV: 'temp',
  TEMP: 'temp',
  BAD: 'old',
  NOUSE: 'old',
  'PREVIOUS-BIRTH': 'old',
  'PREVIOUS-BACHELOR': 'old',
  'PREVIOUS-PREFERRED': 'old',
  PREVIOUS: 'old',
};
const ASSEMBLY_ORDERS = ['F', 'G', 'NL1', 'NL2', 'NL3', 'NL4'];
const EXTENSION = 'http://hl7.org/fhir/StructureDefinition';

/** XPN, or PN, which is its first six components. */
export function readHumanName(reading: Reading, part: Part): NodeObject | undefined {
  const said = readNameParts(part, 1, part.at(14));
  if (said === undefined) return undefined;
  const period = readPeriodOf(reading, part.at(12), part.at(13)) ?? readPeriod(reading, part.at(10));
  return { ...assemblyOrder(part.at(11)), ...readUse(part.at(7)), ...said, period };
}

/** Person name inside XCN and CN: from component 2, its type at 10. */
export function readStaffName(part: Part): NodeObject | undefined {
  const said = readNameParts(part, 2, part.at(21));
  return said === undefined ? undefined : { ...readUse(part.at(10)), ...said };
}

function readNameParts(part: Part, first: number, professional: Part): NodeObject | undefined {
  const [family, given, further, suffix, prefix, degree] = [0, 1, 2, 3, 4, 5].map((n) => part.at(first + n));
  return object({
    family: family && take(family),
    _family: family && familyParts(family),
    given: some(list(given && take(given), further && take(further))),
    prefix: some(list(prefix && take(prefix))),
    suffix: some(list(suffix && take(suffix), degree && take(degree), take(professional))),
  });
}

const FAMILY_PARTS = ['own-prefix', 'own-name', 'partner-prefix', 'partner-name'];

function familyParts(family: Part): Node | undefined {
  const extension = FAMILY_PARTS.flatMap((name, index): Node[] => {
    const text = take(family.at(index + 2));
    return text?.value === undefined ? [] : [{ url: `${EXTENSION}/humanname-${name}`, valueString: text }];
  });
  return extension.length === 0 ? undefined : { extension };
}

function readUse(type: Part): NodeObject {
  const code = type.text.toUpperCase();
  if (code === '') return {};
  const use = NAME_USE[code];
  return use === undefined ? { _use: alternateCode(tableSystem('0200'), type) } : { use: as(use, type) };
}

function assemblyOrder(part: Part): NodeObject {
  const order = part.text.toUpperCase();
  if (!ASSEMBLY_ORDERS.includes(order)) return {};
  return { extension: [{ url: `${EXTENSION}/humanname-assembly-order`, valueCode: leaf(order, part.unit) }] };
}

/** A name of XCN or CN on one line, for `display`. */
export function staffDisplay(part: Part): string {
  return [6, 3, 4, 2, 5]
    .map((n) => part.at(n).text)
    .filter((text) => text !== '')
    .join(' ');
}
