// Finds value sets: those loaded, and those that exist without a resource, since a code system implies them.                  (pure)
import { Refused } from '../../base/errors.ts';
import { bareUrl } from '../names.ts';
import type { Filter } from '../structures.ts';
import type { ValueSetJson, Vocabulary } from './types.ts';

/** SNOMED CT names editions and their versions by URLs below the system's own (http://hl7.org/fhir/R4/snomedct.html). */
const SNOMED = /^(http:\/\/snomed\.info\/sct)\/(?:\d+)(?:\/version\/\d+)?$/;
const LOINC_WHOLE = 'http://loinc.org/vs';

/** Throws Refused `value-set-not-found`, or `value-set-unsupported` for a form of implicit value set that is not known here. */
export function valueSetOf(vocabulary: Vocabulary, canonical: string): ValueSetJson {
  const found = vocabulary.valueSet(canonical) ?? implied(vocabulary, canonical);
  if (found !== undefined) return found;
  const other = vocabulary.valueSet(bareUrl(canonical));
  const message =
    other === undefined
      ? `The value set ${canonical} is not loaded. Load the package or the resource that defines it, or correct the URL.`
      : `The value set ${bareUrl(canonical)} is loaded in version ${other.version ?? 'none'} only. Ask for that, or load the other.`;
  throw new Refused('value-set-not-found', message, canonical);
}

function implied(vocabulary: Vocabulary, canonical: string): ValueSetJson | undefined {
  const url = bareUrl(canonical);
  const whole = url === LOINC_WHOLE ? 'http://loinc.org' : vocabulary.systemOfWholeSet(url);
  if (whole !== undefined) return wholeOf(canonical, whole);
  const mark = url.indexOf('?');
  if (mark === -1) return undefined;
  const [, name = '', argument] = /^\?([^=]*)(?:=(.*))?$/.exec(url.slice(mark)) ?? [];
  // Our own validator has always read `[system]?vs` as the whole system.
  if (name !== 'fhir_vs' && name !== 'vs') return undefined;
  const base = url.slice(0, mark);
  const edition = SNOMED.exec(base);
  const system = edition?.[1] ?? base;
  const version = edition === null ? undefined : base;
  if (argument === undefined || argument === '') return wholeOf(canonical, system, { version });
  const [, root] = /^isa\/(.+)$/.exec(argument) ?? [];
  if (root === undefined) {
    const message = `Of implicit value sets ?fhir_vs and ?fhir_vs=isa/[code] are known here, not ${canonical}. Load a ValueSet resource instead.`;
    throw new Refused('value-set-unsupported', message, canonical);
  }
  return wholeOf(canonical, system, { version, filter: { property: 'concept', op: 'is-a', value: decoded(root) } });
}

function decoded(code: string): string {
  try {
    return decodeURIComponent(code);
  } catch {
    throw new Refused(
      'value-set-unsupported',
      'The code in the URL of the value set is not percent-encoded well.',
      code,
    );
  }
}

type Part = { readonly version?: string | undefined; readonly filter?: Filter };

function wholeOf(url: string, system: string, { version, filter }: Part = {}): ValueSetJson {
  const include = {
    system,
    ...(version === undefined ? {} : { version }),
    ...(filter === undefined ? {} : { filter: [filter] }),
  };
  return { resourceType: 'ValueSet', url: bareUrl(url), compose: { include: [include] } };
}
