// Example tables beside a policy: what sources say of a patient, and what is to be true of it then.                        (pure)
import { parse } from 'yaml';
import { Refused } from '../base/errors.ts';
import type { Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { decide, fold } from '../truth/index.ts';
import type { Policy, Statement, SubjectInput, Verdict } from '../truth/types.ts';

type Says = {
  readonly source: string;
  readonly trust: number;
  readonly at: Instant;
  readonly patient: JsonObject;
};
export type Example = {
  readonly name: string;
  readonly at: Instant;
  readonly says: readonly Says[];
  readonly expect: { readonly [element: string]: { readonly state: string; readonly value?: Json } };
};
export type ExampleResult = { readonly name: string; readonly problems: readonly string[] };

/** Throws `Refused` naming the first example that cannot be read. */
export function readExamples(text: string, file: string): readonly Example[] {
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    throw new Refused('examples', `${file} is not YAML: ${error instanceof Error ? error.message : ''}`, file);
  }
  const list = (given as { examples?: unknown } | null)?.examples;
  if (!Array.isArray(list) || list.length === 0)
    throw new Refused('examples', `${file} has no "examples", a list of { name, at, says, expect }.`, file);
  return list.map((one: Partial<Example> | null, place) => {
    const { name, at, says, expect } = one ?? {};
    if (typeof name === 'string' && typeof at === 'string' && Array.isArray(says) && typeof expect === 'object')
      return { name, at, says, expect };
    throw new Refused('examples', `${file}: example ${place + 1} needs name, at, says and expect.`, file);
  });
}

export function runExample(policy: Policy, example: Example): ExampleResult {
  const { verdicts } = decide({ policy, subjects: subjectsOf(example), rulings: [], at: example.at });
  const found = new Map(verdicts.map((verdict) => [verdict.element, verdict]));
  const problems = Object.entries(example.expect).flatMap(([element, expected]) =>
    problemsOf(element, expected, found.get(element)),
  );
  return { name: example.name, problems };
}

function problemsOf(
  element: string,
  { state, value }: Example['expect'][string],
  found: Verdict | undefined,
): readonly string[] {
  if (found === undefined) return [`${element}: the policy has no rule for it`];
  if (found.state !== state) return [`${element}: ${found.state}, and ${state} was expected (${found.because.rule})`];
  if (value === undefined || found.values.some((one) => JSON.stringify(one) === JSON.stringify(value))) return [];
  return [`${element}: ${JSON.stringify(found.values)}, and ${JSON.stringify(value)} was expected`];
}

/** One record for each source, whose statements replace one another in order. */
function subjectsOf({ says }: Example): readonly SubjectInput[] {
  const bySource = Map.groupBy(says, (one) => one.source);
  return [...bySource].flatMap(([source, said], place) => {
    const id = `example-${place}` as SubjectId;
    const view = fold(said.map((one, at) => statementOf(one, id, place * 100 + at + 1)));
    const trust = said.at(-1)?.trust ?? 0;
    return view === undefined ? [] : [{ id, source: source as SourceKey, trust, view, retired: false, erased: false }];
  });
}

function statementOf({ source, at, patient }: Says, subject: SubjectId, number: number): Statement {
  const resource: JsonObject = { resourceType: 'Patient', ...patient };
  const said = Object.keys(patient).map((element) => ({ element, action: 'set', update: 'snapshot' }) as const);
  return {
    id: number as StatementId,
    receipt: number as ReceiptId,
    source: source as SourceKey,
    subject,
    resourceType: 'Patient',
    resourceId: subject as string as ResourceId,
    saidAt: at,
    receivedAt: at,
    replaces: true,
    text: JSON.stringify(resource),
    resource,
    said,
    origins: [],
  };
}
