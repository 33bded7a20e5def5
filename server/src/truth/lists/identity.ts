// Which dimensions tell one thing from another, for each kind of list. The whole rule is this table.
import type { JsonObject } from '../../base/json.ts';
import type { SameTime } from '../types.ts';
import { type Concept, conceptOf, medicineConcept } from './concept.ts';
import {
  choiceValue,
  conceptFact,
  type Fact,
  medicineParts,
  orderFact,
  routeFact,
  sitesFact,
  timeFact,
} from './facts.ts';
import { maySpeakOfResuscitation, resuscitationOf } from './resuscitation.ts';
import type { Dimension } from './types.ts';

export type Identity = {
  readonly named: Dimension;
  readonly concept: Concept;
  readonly facts: readonly (readonly [dimension: Dimension, fact: Fact])[];
};
/** How entries of one list are told apart. `types`: resource types that speak of it together. */
export type Shape = {
  readonly types: readonly string[];
  readonly identify: (resource: JsonObject, sameTime: SameTime) => Identity | undefined;
  /** False for the text of a resource that says nothing the list is about. Given where a type speaks of much else, too. */
  readonly maySpeak?: (text: string) => boolean;
  /** The choice element whose time tells things apart, and as which fact. */
  readonly timed?: { readonly begins: string; readonly dimension: Dimension };
  /** True: all keys of the concept are one thing, so a product's code and a name may lead to each other. */
  readonly keysAreOne?: true;
};

const NAMELESS: Concept = { keys: ['text|'], words: '' };

function coded(named: Dimension, element: string) {
  return (resource: JsonObject, facts: Identity['facts']): Identity => ({
    named,
    concept: conceptOf(resource[element]) ?? NAMELESS,
    facts,
  });
}

const byCode = coded('code', 'code');
const bySubstance = coded('substance', 'code');
const byVaccine = coded('vaccine', 'vaccineCode');

const EFFECTIVE = { begins: 'effective', dimension: 'time' } as const;

export const SHAPES: { readonly [list: string]: Shape } = {
  AllergyIntolerance: { types: ['AllergyIntolerance'], identify: (resource) => bySubstance(resource, []) },
  Condition: {
    types: ['Condition'],
    timed: { begins: 'onset', dimension: 'onset' },
    identify: (resource, sameTime) =>
      byCode(resource, [
        ['onset', timeFact(choiceValue(resource, 'onset[x]'), sameTime)],
        ['site', sitesFact(resource['bodySite'])],
      ]),
  },
  MedicationStatement: {
    types: ['MedicationStatement', 'MedicationRequest'],
    keysAreOne: true,
    identify: (resource) => ({
      named: 'medicine',
      concept: medicineConcept(resource) ?? NAMELESS,
      facts: [
        ['route', routeFact(resource)],
        ['form', medicineParts(resource).form],
      ],
    }),
  },
  Observation: { types: ['Observation'], timed: EFFECTIVE, identify: resultIdentity },
  DiagnosticReport: { types: ['DiagnosticReport'], timed: EFFECTIVE, identify: resultIdentity },
  Immunization: {
    types: ['Immunization'],
    timed: { begins: 'occurrence', dimension: 'time' },
    identify: (resource, sameTime) =>
      byVaccine(resource, [['time', timeFact(choiceValue(resource, 'occurrence[x]'), sameTime)]]),
  },
  Encounter: {
    types: ['Encounter'],
    identify: (resource, sameTime) => ({
      named: 'code',
      concept: conceptOf({ coding: resource['class'] === undefined ? [] : [resource['class']] }) ?? NAMELESS,
      facts: [['time', timeFact(resource['period'], sameTime)]],
    }),
  },
  Consent: {
    types: ['Consent'],
    identify: (resource) => ({
      named: 'code',
      concept: conceptOf(resource['scope']) ?? NAMELESS,
      facts: [['topic', sitesFact(resource['category'])]],
    }),
  },
  ResuscitationStatus: {
    types: ['Flag', 'Observation'],
    maySpeak: maySpeakOfResuscitation,
    identify: (resource) =>
      resuscitationOf(resource) === undefined
        ? undefined
        : { named: 'topic', concept: { keys: ['topic|resuscitation'], words: 'resuscitation' }, facts: [] },
  },
};

/** A result is known by the laboratory's number and its code; without a number, by code, specimen and time. */
function resultIdentity(resource: JsonObject, sameTime: SameTime): Identity {
  return byCode(resource, [
    ['order number', orderFact(resource)],
    ['specimen', resource['specimen'] === undefined ? undefined : specimenFact(resource)],
    ['time', timeFact(choiceValue(resource, 'effective[x]'), sameTime)],
  ]);
}

/** Each sender has its own resource for a specimen: only its number or its kind can be compared. */
function specimenFact(resource: JsonObject): Fact {
  const { specimen } = resource;
  const one = Array.isArray(specimen) ? specimen[0] : specimen;
  return typeof one === 'object' && one !== null && 'identifier' in one
    ? orderFact({ identifier: [one['identifier']] })
    : conceptFact(typeof one === 'object' && one !== null && 'display' in one ? { text: one['display'] } : undefined);
}
