// Whether to attempt resuscitation, as Flags and Observations say it. Only codes and words that leave no doubt are read.
import type { Json, JsonObject } from '../../base/json.ts';
import { foldCharacters } from '../fold-text.ts';
import { conceptOf } from './concept.ts';
import { choiceValue } from './facts.ts';

export type Resuscitation = 'for' | 'not-for';

// SNOMED CT findings.
const CODES: { readonly [code: string]: Resuscitation } = {
  '450475007': 'for',
  '450476008': 'not-for',
  '304252001': 'for',
  '304253006': 'not-for',
};
// Folded to letters and digits.
const TEXTS: { readonly [text: string]: Resuscitation } = {
  forresuscitation: 'for',
  forattemptedcardiopulmonaryresuscitation: 'for',
  forcpr: 'for',
  notforresuscitation: 'not-for',
  notforattemptedcardiopulmonaryresuscitation: 'not-for',
  notforcpr: 'not-for',
  donotresuscitate: 'not-for',
  donotattemptcardiopulmonaryresuscitation: 'not-for',
  dnacpr: 'not-for',
  dnar: 'not-for',
  dnr: 'not-for',
  dnacprinplace: 'not-for',
};

/** In one string of plain JSON, whatever stands between the letters. */
const WRITTEN = new RegExp(
  [...Object.keys(CODES), ...Object.keys(TEXTS)].map((written) => [...written].join('[^a-z0-9"]*')).join('|'),
  'i',
);
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;

/** Without reading the resource: false only where `resuscitationOf` finds nothing in it. An escape or an accent may stand for any letter. */
export function maySpeakOfResuscitation(text: string): boolean {
  return !PLAIN.test(text) || WRITTEN.test(text);
}

/** What an entry says, by its code or its value; undefined when it speaks of something else. */
export function resuscitationOf(resource: JsonObject): Resuscitation | undefined {
  return said(choiceValue(resource, 'value[x]')) ?? said(resource['code']);
}

function said(value: Json | undefined): Resuscitation | undefined {
  for (const key of conceptOf(typeof value === 'string' ? { text: value } : value)?.keys ?? []) {
    const written = key.slice(key.lastIndexOf('|') + 1);
    const found = CODES[written] ?? TEXTS[foldCharacters(written)];
    if (found !== undefined) return found;
  }
  return undefined;
}
