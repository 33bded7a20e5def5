// NK1 to RelatedPerson.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore } from '../context.ts';
import { readConcept } from '../datatypes/concept.ts';
import { readIdentifier } from '../datatypes/identifier.ts';
import { partOf, some } from '../datatypes/part.ts';
import { authoritySystem, tableSystem } from '../datatypes/systems.ts';
import { readDate, readPeriodOf } from '../datatypes/time.ts';
import { readGender } from '../patient/codes.ts';
import { sayAddresses, sayNames, sayTelecom } from '../patient/lists.ts';
import type { Node } from '../sourced.ts';
import { draft, set } from '../statement.ts';
import { firstOf, repetitionsOf } from '../unit.ts';

const TELECOM = [
  { field: 5, use: 'home' },
  { field: 6, use: 'work' },
  { field: 40, use: undefined },
] as const;

export function emitRelatedPerson(context: Context, patientKey: string, nk1: Segment): void {
  ignore(context, 'set-id', nk1, { fields: [1] });
  const key = relatedPersonKey(context, patientKey, nk1);
  if (key === undefined) return;
  const related = draft('RelatedPerson', key, patientKey);
  const speaking = { into: related, segment: nk1 };
  set(related, 'identifier', some(identifiers(context, nk1)));
  set(related, 'patient', { reference: `key:Patient|${patientKey}` });
  set(related, 'relationship', some(relationships(context, nk1)));
  sayNames(context, speaking, 2);
  sayTelecom(context, speaking, TELECOM);
  set(related, 'gender', readGender(context, nk1, 15));
  set(related, 'birthDate', readDate(context, partOf(firstOf(nk1, 16))));
  sayAddresses(context, speaking, { address: 4 });
  set(related, 'period', readPeriodOf(context, partOf(firstOf(nk1, 8)), partOf(firstOf(nk1, 9))), { partial: true });
  emit(context, related);
}

/**
 * An id where there is one, else who it is and as what. Not the set id: when another person takes the first place in the list, the
 * number of the one before must not be left standing with them. Nobody named: nobody to record.
 */
function relatedPersonKey(context: Context, patientKey: string, nk1: Segment): string | undefined {
  const id = partOf(firstOf(nk1, 33));
  if (id.at(1).text !== '')
    return `${patientKey}|nk1|${authoritySystem(context.source, id.at(4)) ?? ''}|${id.at(1).text}`;
  const name = partOf(firstOf(nk1, 2));
  const words = [1, 2, 3].map((n) => name.at(n).text.toUpperCase());
  if (words.every((word) => word === '')) return undefined;
  const relationship = partOf(firstOf(nk1, 3));
  const kind = relationship.at(1).text || relationship.at(2).text;
  return [patientKey, 'nk1', ...words, kind.toUpperCase()].join('|');
}

function identifiers(context: Context, nk1: Segment): readonly Node[] {
  const found = [...repetitionsOf(nk1, 33), ...repetitionsOf(nk1, 12)].map((at) => readIdentifier(context, partOf(at)));
  return found.filter((one) => one !== undefined);
}

const RELATIONSHIP_CODE = /^[A-Z]{2,3}$/;

function relationships(context: Context, nk1: Segment): readonly Node[] {
  const tables = [
    [3, '0063'],
    [7, '0131'],
  ] as const;
  return tables.flatMap(([field, table]) =>
    repetitionsOf(nk1, field).flatMap((at): Node[] => {
      const part = partOf(at);
      // Many senders put a word where the code belongs.
      const system = RELATIONSHIP_CODE.test(part.at(1).text) || table === '0131' ? tableSystem(table) : undefined;
      const concept = readConcept(context.source, part, system);
      return concept === undefined ? [] : [concept];
    }),
  );
}
