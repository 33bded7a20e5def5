// CX, CK, EI and HD to Identifier, with the NHS number checked where the sender says that it is one.
import { type Leaf, leaf, type Node, type NodeObject } from '../sourced.ts';
import { type NhsNumberFault, nhsNumber } from './nhs-number.ts';
import { list, type Part, type Reading, raise, shifted, some, take } from './part.ts';
import { authoritySystem, CHI_NUMBER, NHS_NUMBER, readAuthority, tableSystem } from './systems.ts';
import { readPeriodOf } from './time.ts';

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition';
const FAULTS: { readonly [fault in NhsNumberFault]: string } = {
  length: 'does not have ten digits',
  'not-digits': 'holds characters that are not digits',
  filler: 'is one digit repeated, which only ever stands for no number',
  'chi-range': 'lies in the range of the Scottish CHI number',
  'check-digit': 'fails its check digit',
};

/** Type codes that senders give a national number; `NH` is the one of table 0203 that UK messages agree on. */
const NATIONAL_TYPES = ['NH', 'NHS', 'NI'];

export function readIdentifier(reading: Reading, part: Part): NodeObject | undefined {
  const number = part.at(1);
  if (number.text === '') return undefined;
  const named = authoritySystem(reading.source, part.at(4));
  const type = part.at(5).text.toUpperCase();
  const system = named ?? (type === 'NH' ? NHS_NUMBER : undefined);
  const national = system === NHS_NUMBER || system === CHI_NUMBER;
  const value = system === NHS_NUMBER ? readNhsNumber(reading, number) : undefined;
  const refused = system === NHS_NUMBER && value === undefined;
  const authority = readAuthority(reading.source, part.at(4));
  return {
    extension: some(checkDigits(part)),
    type: readType(part.at(5), national),
    // A refused number keeps its value but not the system: it must never match anybody, and a filler least of all.
    system: refused ? undefined : (authority ?? system),
    value: value ?? take(number),
    period: readPeriodOf(reading, part.at(7), part.at(8)),
    assigner: refused ? { display: take(part.at(4)) } : undefined,
  };
}

function readNhsNumber(reading: Reading, part: Part): Leaf | undefined {
  const result = nhsNumber(part.text);
  if (!result.ok) {
    const message = `The NHS number ${FAULTS[result.reason]}; it is kept as an identifier without a system.`;
    raise(reading, part, { severity: 'warning', code: 'value', reason: `nhs-number-${result.reason}`, message });
    return undefined;
  }
  if (result.doubtful) {
    const message = 'The NHS number passes its check digit, but its digits look typed along a keyboard.';
    raise(reading, part, { severity: 'warning', code: 'value', reason: 'nhs-number-doubtful', message });
  }
  return leaf(result.value, part.unit);
}

function readType(part: Part, national: boolean): Node | undefined {
  const type = part.text.toUpperCase();
  if (type === '') return undefined;
  const code = national && NATIONAL_TYPES.includes(type) ? 'NH' : type;
  return { coding: [{ system: tableSystem('0203'), code: leaf(code, part.unit) }] };
}

function checkDigits(part: Part): readonly Node[] {
  return list(
    checkExtension('identifier-checkDigit', part.at(2)),
    checkExtension('namingsystem-checkDigit', part.at(3)),
  );
}

function checkExtension(name: string, part: Part): Node | undefined {
  return part.text === '' ? undefined : { url: `${EXTENSION}/${name}`, valueString: take(part) };
}

/** EI: entity identifier and the authority that gave it. `type` is a code of table 0203, such as `FILL`. */
export function readEntityIdentifier(reading: Reading, part: Part, type?: string): NodeObject | undefined {
  if (part.at(1).text === '') return undefined;
  return {
    type: type === undefined ? undefined : { coding: [{ system: tableSystem('0203'), code: type }] },
    system: readAuthority(reading.source, shifted(part, 1), 'entity'),
    value: take(part.at(1)),
  };
}

/** EI as a stable text for keys: the identifier, and the namespace that gave it. */
export function entityKey(part: Part): string | undefined {
  const value = part.at(1).text;
  if (value === '') return undefined;
  const namespace = part.at(2).text || part.at(3).text;
  return namespace === '' ? value : `${namespace}/${value}`;
}
