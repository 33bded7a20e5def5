// XCN and CN to Practitioner, XON to Organization, PL to Locations. Each comes with the key under which the source knows it, so
// that others can refer to it; without an identifier there is no key, only a name to display.
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { readStaffName, staffDisplay } from './human-name.ts';
import { readEntityIdentifier } from './identifier.ts';
import { type Part, type Reading, take } from './part.ts';
import { authoritySystem, localSystem, readAuthority, tableSystem } from './systems.ts';

/** Elements of a resource, and its key; both ready for a statement. */
export type Keyed = { readonly key: string; readonly elements: NodeObject; readonly display: string };

/** XCN, or CN whose first seven components are the same. Undefined without an identifier. */
export function readPractitioner(reading: Reading, part: Part): Keyed | undefined {
  const id = part.at(1);
  if (id.text === '') return undefined;
  const system = authoritySystem(reading.source, part.at(9), 'staff') ?? localSystem(reading.source, 'staff', 'own');
  const name = readStaffName(part);
  const identifier: Node = {
    type: typeOf(part.at(13)),
    system: readAuthority(reading.source, part.at(9), 'staff') ?? system,
    value: take(id),
  };
  const display = staffDisplay(part);
  return { key: `${system}|${id.text}`, elements: { identifier: [identifier], name: name && [name] }, display };
}

/** A reference to somebody who is only named. */
export function readNamedOnly(part: Part): NodeObject | undefined {
  const display = staffDisplay(part);
  return display === '' ? undefined : { display: leaf(display, ...[2, 3, 4, 5, 6].map((n) => part.at(n).unit)) };
}

function typeOf(part: Part): Node | undefined {
  const code = part.text.toUpperCase();
  return code === '' ? undefined : { coding: [{ system: tableSystem('0203'), code: leaf(code, part.unit) }] };
}

/** XON: the identifier is component 10, or 3 before v2.5. Undefined without an identifier. */
export function readOrganization(reading: Reading, part: Part): Keyed | undefined {
  const id = part.at(10).text === '' ? part.at(3) : part.at(10);
  if (id.text === '') return undefined;
  const system =
    authoritySystem(reading.source, part.at(6), 'organisation') ?? localSystem(reading.source, 'organisation', 'own');
  const authority = readAuthority(reading.source, part.at(6), 'organisation') ?? system;
  const identifier: Node = { type: typeOf(part.at(7)), system: authority, value: take(id) };
  const elements = { identifier: [identifier], name: take(part.at(1)) };
  return { key: `${system}|${id.text}`, elements, display: part.at(1).text };
}

type Level = { readonly at: number; readonly code: string; readonly name: string };
/** From the outside in; codes of http://terminology.hl7.org/CodeSystem/location-physical-type. */
const LEVELS: readonly Level[] = [
  { at: 4, code: 'si', name: 'Site' },
  { at: 7, code: 'bu', name: 'Building' },
  { at: 8, code: 'lvl', name: 'Level' },
  { at: 1, code: 'wa', name: 'Ward' },
  { at: 2, code: 'ro', name: 'Room' },
  { at: 3, code: 'bd', name: 'Bed' },
];
const PHYSICAL_TYPE = 'http://terminology.hl7.org/CodeSystem/location-physical-type';

/**
 * PL as a chain of Locations from the outside in, each part of the one before; the last is where the patient is. A key holds the
 * whole way down, because bed 3 of one ward is not bed 3 of another.
 */
export function readLocations(reading: Reading, part: Part): readonly Keyed[] {
  const chain: Keyed[] = [];
  const path: string[] = [];
  const description = take(part.at(9));
  const present = LEVELS.filter((level) => part.at(level.at).text !== '');
  for (const level of present) {
    const own = part.at(level.at);
    const parent = chain.at(-1);
    path.push(own.text);
    const key = `${localSystem(reading.source, 'id', 'location')}|${path.map(encodeURIComponent).join('/')}`;
    const last = level === present.at(-1);
    const identifier = last ? readEntityIdentifier(reading, part.at(10)) : undefined;
    const elements: NodeObject = {
      identifier: identifier && [identifier],
      name: take(own),
      description: last ? description : undefined,
      physicalType: { coding: [{ system: PHYSICAL_TYPE, code: level.code, display: level.name }] },
      partOf: parent && { reference: `key:Location|${parent.key}` },
    };
    chain.push({ key, elements, display: path.join(' / ') });
  }
  return chain;
}
