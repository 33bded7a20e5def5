// A model from its file, and its file from a model: checked as it is read, and written in one way only.
import { Refused } from '../../base/errors.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { FIELDS, LEVELS, type Model } from './types.ts';

/** Throws `Refused('identity-model')` with the place that is wrong. */
export function readModel(text: string): Model {
  let read: Json;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw wrong('', `is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  const model = object(read, '');
  if (typeof model['model'] !== 'string' || model['model'] === '') throw wrong('model', 'must be a name');
  whole(model['version'], 'version');
  whole(model['prior'], 'prior');
  const weights = object(model['weights'], 'weights');
  for (const field of FIELDS) {
    const ofField = object(weights[field], `weights.${field}`);
    for (const level of LEVELS[field].names.slice(1)) whole(ofField[level], `weights.${field}.${level}`);
  }
  for (const [field, table] of Object.entries(object(model['frequencies'], 'frequencies'))) {
    const found = object(table, `frequencies.${field}`);
    whole(found['average'], `frequencies.${field}.average`);
    whole(found['rare'], `frequencies.${field}.rare`);
    for (const [value, surprise] of Object.entries(object(found['values'], `frequencies.${field}.values`)))
      whole(surprise, `frequencies.${field}.values.${value}`);
  }
  const decision = object(model['decision'], 'decision');
  for (const name of ['link', 'review', 'margin', 'identifier', 'householdMost'])
    whole(decision[name], `decision.${name}`);
  if (Number(decision['review']) > Number(decision['link'])) throw wrong('decision.review', 'must not be above link');
  return model as unknown as Model;
}

/** The bytes of a model's file. */
export function writeModel(model: Model): string {
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function object(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'must be an object');
  return value as JsonObject;
}

function whole(value: Json | undefined, where: string): void {
  if (!Number.isSafeInteger(value)) throw wrong(where, 'must be a whole number');
}

function wrong(where: string, what: string): Refused {
  return new Refused('identity-model', `The model's ${where === '' ? 'file' : where} ${what}.`, where);
}
