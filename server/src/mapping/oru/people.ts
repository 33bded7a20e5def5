// Who asked, measured and answered: staff and organisations named in a result become statements of their own, and references here.

import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit } from '../context.ts';
import {
  authoritySystem,
  collect,
  type Keyed,
  localSystem,
  NOTHING,
  type Part,
  partOf,
  readOrganization,
  shifted,
  take,
} from '../datatypes/index.ts';
import { practitionerReference } from '../practitioner.ts';
import { leaf, type Node } from '../sourced.ts';
import { draftOf } from '../statement.ts';
import { repetitionsOf } from '../unit.ts';

/** Every repetition of a field of XCN. */
export function staffOf(context: Context, segment: Segment | undefined, field: number): readonly Node[] {
  return collect(repetitionsOf(segment, field), (at) => practitionerReference(context, partOf(at)));
}

/** Every repetition of a field of NDL, whose first component holds the person in sub-components. */
export function interpretersOf(context: Context, segment: Segment | undefined, field: number): readonly Node[] {
  return collect(repetitionsOf(segment, field), (at) => practitionerReference(context, asExtended(partOf(at).at(1))));
}

/** CNN as XCN: the first eight parts are the same; then CNN has its authority in three parts, where XCN has it in one. */
function asExtended(part: Part): Part {
  return {
    ...part,
    at: (n) => {
      if (n < 9) return part.at(n);
      return n === 9 ? shifted(part, 8) : NOTHING;
    },
  };
}

/** XON. */
export function organisationsOf(context: Context, segment: Segment | undefined, field: number): readonly Node[] {
  return collect(repetitionsOf(segment, field), (at): Node | undefined => {
    const part = partOf(at);
    const organisation = readOrganization(context, part);
    if (organisation !== undefined) return refer(context, organisation);
    return part.at(1).text === '' ? undefined : { type: 'Organization', display: take(part.at(1)) };
  });
}

/** CE or CWE that names an organisation: its code, its name. */
export function codedOrganisationsOf(context: Context, segment: Segment | undefined, field: number): readonly Node[] {
  return collect(repetitionsOf(segment, field), (at): Node | undefined => {
    const part = partOf(at);
    const [id, name] = [part.at(1), part.at(2)];
    if (id.text === '') return name.text === '' ? undefined : { type: 'Organization', display: take(name) };
    const authority = shifted(part, 2);
    const system =
      authoritySystem(context.source, authority, 'organisation') ?? localSystem(context.source, 'organisation', 'own');
    const identifier = { system: leaf(system, part.at(3).unit), value: take(id) };
    const elements = { identifier: [identifier], name: take(name) };
    return refer(context, { key: `${system}|${id.text}`, elements, display: name.text });
  });
}

function refer(context: Context, organisation: Keyed): Node {
  emit(context, draftOf('Organization', organisation.key, organisation.elements));
  const display = organisation.display === '' ? undefined : organisation.display;
  return { reference: `key:Organization|${organisation.key}`, display };
}
