// For tests: HL7's engine as the oracle, asked as far as it can answer, and its answers in a form that ours can be compared with.
import { createRequire } from 'node:module';
import { isObject, isRawJson, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { FhirPathError, type Node } from './index.ts';

type Engine = {
  readonly compile: (
    path: string | { readonly base: string; readonly expression: string },
    model: unknown,
    options: object,
  ) => (focus: unknown, variables: object) => unknown[];
};
const load = createRequire(import.meta.url);
const engine: Engine = load('fhirpath');
const model: unknown = load('fhirpath/fhir-context/r4');
const compiled = new Map<string, ReturnType<Engine['compile']>>();

/** What it gives, as text; `error` when it throws. `base` is the type of a focus that is no resource. */
export function oracle(expression: string, focus: Json, options: { base?: string; variables: object }): string {
  try {
    const key = `${options.base} ${expression}`;
    const run =
      compiled.get(key) ?? engine.compile(pathOf(expression, options.base), model, { traceFn: () => undefined });
    compiled.set(key, run);
    return textOf(run(structuredClone(plain(focus)), options.variables) as Json[]);
  } catch {
    return 'error';
  }
}

function pathOf(expression: string, base: string | undefined) {
  return base === undefined ? expression : { base, expression };
}

/** What we give, in the same form. Throws what is no FhirPathError. */
export function ours(run: () => readonly Node[]): string {
  try {
    return textOf(run().map((node) => node.value ?? null));
  } catch (error) {
    if (error instanceof FhirPathError) return 'error';
    throw error;
  }
}

/** JSON with plain numbers and sorted properties. */
export function textOf(values: readonly Json[]): string {
  return JSON.stringify(sorted(plain([...values])));
}

/** The oracle knows no RawJson. */
export function plain(value: Json | undefined): Json {
  if (value === undefined) return null;
  if (isRawJson(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map((item: Json) => plain(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('__'));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item ?? null)]),
  );
}

export function objectIn(text: string): JsonObject {
  const value = parseFaithful(text);
  if (!isObject(value)) throw new TypeError('not an object');
  return value;
}
