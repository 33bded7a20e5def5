// HL7's FHIRPath engine, for what the compiler cannot do (see explainUnsupported). Loaded when first needed: it brings a UCUM library.
import { createRequire } from 'node:module';
import { isObject, isRawJson, type Json } from '../base/json.ts';
import type { Compiled, CompiledBoolean, CompileOptions } from './compile.ts';
import { node } from './node.ts';
import { FhirPathError } from './types.ts';

/** Compiles as `compile` does, many times slower: nodes have no place, decimals only the digits of a double, `resolve()` finds nothing. */
export type Fallback = (text: string, options?: CompileOptions) => Compiled;

export async function loadFallback(): Promise<Fallback> {
  return fallback();
}

/** The same without waiting, for who cannot: the first use loads it, which takes some tenths of a second. */
export const fallback = (): Fallback => (made ??= make());
let made: Fallback | undefined;

function make(): Fallback {
  const load = createRequire(import.meta.url);
  const engine = load('fhirpath') as typeof import('fhirpath');
  const model = load('fhirpath/fhir-context/r4') as Parameters<typeof engine.compile>[1];
  return (text, { type = 'Resource' } = {}) => {
    const path = type === 'Resource' || type === 'DomainResource' ? text : { base: type, expression: text };
    const run = guarded('syntax', () =>
      engine.compile(path, model, { resolveInternalTypes: false, async: false, traceFn: () => undefined }),
    );
    return (value, context = {}) => {
      const names = { resource: plain(context.resource ?? value), rootResource: plain(context.rootResource ?? value) };
      return guarded('operand', () => {
        const found: readonly unknown[] = run(plain(value), names);
        const types = engine.types(found);
        const values: readonly Json[] = engine.resolveInternalTypes(found);
        return values.map((one, place) => node(one, (types[place] ?? 'System.Any').replace(/^FHIR\./, '')));
      });
    };
  };
}

/** As `compileBoolean` does. */
export function fallbackBoolean(text: string, options: CompileOptions): CompiledBoolean {
  const run = fallback()(text, options);
  return (value, context) => {
    const [only, ...others] = run(value, context);
    if (others.length > 0) throw new FhirPathError('singleton', 'The expression has several items where one is due');
    return only === undefined ? undefined : only.value !== false;
  };
}

/** The engine's errors may quote what it evaluated; ours say nothing of it. */
function guarded<T>(code: 'syntax' | 'operand', run: () => T): T {
  try {
    return run();
  } catch {
    throw new FhirPathError(code, 'The expression cannot be evaluated');
  }
}

/** The engine knows plain numbers only, and marks the objects it walks. */
function plain(value: Json | undefined): Json | undefined {
  if (isRawJson(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map((one: Json) => plain(one) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
