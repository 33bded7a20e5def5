// Entries of clinical lists as a person would say them: what it is, how much, and since when.
import { isRawJson, type Json, type JsonObject } from '../base/json.ts';
import { choiceBase } from './choice.ts';
import { isObject, listAt, textAt } from './json-values.ts';
import { dateInWords } from './local-time.ts';

export function conceptInWords(value: Json): string {
  const coding = listAt(value, 'coding')[0];
  return (
    textAt(value, 'text') ?? textAt(coding, 'display') ?? textAt(coding, 'code') ?? textAt(value, 'reference') ?? ''
  );
}

/** The words of a choice element: `onset` of `onsetDateTime`. */
function choiceInWords(value: JsonObject, base: string): string {
  const property = Object.keys(value).find((one) => choiceBase(one) === base);
  const found = property === undefined ? undefined : value[property];
  if (found === undefined || found === null) return '';
  if (typeof found === 'string') return dateInWords(found);
  if (!isObject(found)) return JSON.stringify(found);
  return quantityInWords(found) ?? conceptInWords(found);
}

function quantityInWords(value: JsonObject): string | undefined {
  const amount = value['value'];
  if (typeof amount !== 'number' && !isRawJson(amount)) return undefined;
  const unit = textAt(value, 'unit') ?? textAt(value, 'code') ?? '';
  return `${textAt(value, 'comparator') ?? ''}${JSON.stringify(amount)} ${unit}`.trim();
}

function withStatus(words: string, value: JsonObject): string {
  const codes = [
    ...['clinicalStatus', 'verificationStatus'].map((key) => textAt(listAt(value[key], 'coding')[0], 'code')),
    textAt(value, 'status'),
  ];
  const told = codes.filter((code) => code !== undefined && !PLAIN_STATES.has(code));
  return told.length === 0 ? words : `${words} (${told.join(', ')})`;
}

const PLAIN_STATES: ReadonlySet<string> = new Set([
  'active',
  'confirmed',
  'final',
  'completed',
  'in-progress',
  'finished',
]);

function problemInWords(value: Json): string {
  if (!isObject(value)) return '';
  const onset = choiceInWords(value, 'onset');
  const site = listAt(value, 'bodySite').map(conceptInWords).join(', ');
  const words = [conceptInWords(value['code'] ?? null), site].filter((one) => one !== '').join(', ');
  return withStatus(`${words}${onset === '' ? '' : `, since ${onset}`}`, value);
}

function medicineInWords(value: Json): string {
  if (!isObject(value)) return '';
  const name = conceptInWords(value['medicationCodeableConcept'] ?? value['medicationReference'] ?? null);
  const doses = [...listAt(value, 'dosageInstruction'), ...listAt(value, 'dosage')].map(doseInWords);
  const state = textAt(value, 'status');
  const words = [name, ...doses].filter((one) => one !== '').join(', ');
  return state === 'completed' ? `${words} (completed)` : withStatus(words, value);
}

function doseInWords(dose: Json): string {
  if (!isObject(dose)) return '';
  const amounts = listAt(dose, 'doseAndRate').map((one) => {
    const quantity = isObject(one) ? one['doseQuantity'] : undefined;
    return isObject(quantity) ? (quantityInWords(quantity) ?? '') : '';
  });
  const said = [...amounts, frequencyInWords(dose)].filter((one) => one !== '');
  return said.length === 0 ? (textAt(dose, 'text') ?? '') : said.join(' ');
}

const PERIODS: { readonly [unit: string]: string } = { h: 'hour', d: 'day', wk: 'week', mo: 'month' };

function frequencyInWords(dose: JsonObject): string {
  const timing = dose['timing'];
  if (!isObject(timing)) return '';
  const repeat = timing['repeat'];
  if (!isObject(repeat)) return conceptInWords(timing['code'] ?? null);
  const { frequency, period } = repeat;
  const unit = PERIODS[textAt(repeat, 'periodUnit') ?? ''];
  if (unit === undefined || typeof frequency !== 'number' || typeof period !== 'number') return '';
  const times = frequency === 1 ? 'once' : frequency === 2 ? 'twice' : `${frequency} times`;
  return period === 1 ? `${times} a ${unit}` : `${times} every ${period} ${unit}s`;
}

function resultInWords(value: Json): string {
  if (!isObject(value)) return '';
  const found = choiceInWords(value, 'value') || (textAt(value, 'conclusion') ?? '');
  const when = choiceInWords(value, 'effective');
  const words = conceptInWords(value['code'] ?? null);
  return withStatus(`${words}${found === '' ? '' : `: ${found}`}${when === '' ? '' : ` (${when})`}`, value);
}

function immunisationInWords(value: Json): string {
  if (!isObject(value)) return '';
  const when = choiceInWords(value, 'occurrence');
  return withStatus(`${conceptInWords(value['vaccineCode'] ?? null)}${when === '' ? '' : `, ${when}`}`, value);
}

function stayInWords(value: Json): string {
  if (!isObject(value)) return '';
  const start = textAt(value['period'], 'start');
  const kind = textAt(value['class'], 'display') ?? textAt(value['class'], 'code') ?? 'visit';
  return withStatus(`${kind}${start === undefined ? '' : ` from ${dateInWords(start)}`}`, value);
}

function consentInWords(value: Json): string {
  if (!isObject(value)) return '';
  const scope = conceptInWords(value['scope'] ?? null);
  return withStatus(`${scope}: ${textAt(value['provision'], 'type') ?? textAt(value, 'status') ?? ''}`, value);
}

export const ENTRY_READERS: { readonly [list: string]: (value: Json) => string } = {
  Condition: problemInWords,
  MedicationStatement: medicineInWords,
  Observation: resultInWords,
  DiagnosticReport: resultInWords,
  Immunization: immunisationInWords,
  Encounter: stayInWords,
  Consent: consentInWords,
  ResuscitationStatus: resultInWords,
};
