// What a reader of the demo should be told: how much of everything, and whose record to open first.
import { at, type SyntheticPerson } from '../people/index.ts';
import { pasSubject } from './sources.ts';
import type { MorningDelivery, Summary, WorthOpening } from './types.ts';

/** People of the cast whose record shows something, and what. */
const OPEN_FIRST: readonly (readonly [number, string])[] = [
  [1, 'birth date: PAS and practice, clinic, laboratory say three different things'],
  [8, 'allergy: anaphylaxis after penicillin at the practice, “no known allergies” in the hospital'],
  [12, 'potassium: 6.9 telephoned, corrected to 4.4'],
  [15, 'wrongly merged with another man of the same name, and parted by a ruling'],
  [17, 'a merge with her twin that two verified NHS numbers forbid'],
  [47, 'a result that was somebody else’s, withdrawn'],
  [54, 'died at 07:15 and attended a clinic at 09:33'],
  [53, 'arrived unknown and unconscious, recognised an hour later'],
  [9, 'address: an old update arrived after the new one'],
  [2, 'name arrived as mojibake, then right again'],
];

export function summarise(people: readonly SyntheticPerson[], deliveries: readonly MorningDelivery[]): Summary {
  return {
    people: people.length,
    deliveries: deliveries.length,
    bySource: countBy(deliveries, (delivery) => delivery.source),
    byVia: countBy(deliveries, (delivery) => delivery.via),
    byStory: countBy(deliveries, (delivery) => delivery.story),
    worthOpening: OPEN_FIRST.map(([number, why]) => worthOpening(at(people, number - 1), why)),
  };
}

function worthOpening(person: SyntheticPerson, why: string): WorthOpening {
  const name = [...person.given, person.family].join(' ');
  return { who: `${name} (${person.mrn})`, subject: pasSubject(person.mrn), why };
}

function countBy<T>(list: readonly T[], key: (entry: T) => string | undefined): { readonly [key: string]: number } {
  const counts: { [key: string]: number } = {};
  for (const entry of list) {
    const k = key(entry);
    if (k !== undefined) counts[k] = (counts[k] ?? 0) + 1;
  }
  return counts;
}
