// Holds an explanation against the opened leaves: each input it names must be there and say what the explanation says it said.
import { canonicalJson, sameJson } from './canonical.ts';
import type { OriginFields, ReceiptFields, StatementFields } from './contents.ts';
import type { Finding } from './finding.ts';
import type { Content } from './open-content.ts';
import { listOf, Malformed, nullable, type Read, readAnyObject, readCount, readString } from './shape.ts';

/** An opened leaf whose content could be read; what an explanation is held against. */
export type ReadLeaf = { readonly index: number; readonly content: Content; readonly payload: Uint8Array | undefined };

type Explained = {
  readonly where: string;
  readonly statement: number;
  readonly receipt: number;
  readonly source: string;
  readonly saidAt: string;
  readonly receivedAt: string;
  readonly value: unknown;
  readonly origins: readonly unknown[];
};
type Explanation = {
  readonly element: string;
  readonly asOf: number;
  readonly policy: string;
  readonly ruling: number | undefined;
  readonly statements: readonly Explained[];
};

export function verifyExplanation(
  text: string | undefined,
  leaves: readonly ReadLeaf[],
  size: number,
): { readonly findings: readonly Finding[]; readonly held: readonly string[] } {
  if (text === undefined) return { findings: [], held: [] };
  let explanation: Explanation;
  try {
    explanation = readExplanation(parseFaithful(text), 'explanation');
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { findings: [{ code: 'malformed', where: error.where, what: error.message }], held: [] };
  }
  const byIndex = new Map(leaves.map((leaf) => [leaf.index, leaf]));
  const findings = [
    ...checkAsOf(explanation, size),
    ...checkPolicy(explanation, leaves),
    ...checkRuling(explanation, byIndex),
    ...explanation.statements.flatMap((explained) => checkStatement(explained, explanation, byIndex)),
  ];
  const held = `The explanation of ${explanation.element} rests on ${explanation.statements.length} statements that are in the log and say what it says.`;
  return { findings, held: [held] };
}

function checkAsOf({ asOf }: Explanation, size: number): readonly Finding[] {
  const what = `speaks of ${asOf} leaves, the checkpoint covers only ${size}`;
  return asOf <= size ? [] : [{ code: 'as-of', where: 'explanation.asOf', what }];
}

function checkPolicy({ policy, asOf }: Explanation, leaves: readonly ReadLeaf[]): readonly Finding[] {
  const found = leaves.some(
    ({ index, content }) => index < asOf && content.kind === 'policy' && content.fields.id === policy,
  );
  const what = `policy ${policy} is not among the opened leaves before ${asOf}`;
  return found ? [] : [{ code: 'input-missing', where: 'explanation.policy', what }];
}

function checkRuling({ ruling, asOf }: Explanation, byIndex: ReadonlyMap<number, ReadLeaf>): readonly Finding[] {
  if (ruling === undefined) return [];
  const found = ruling < asOf && byIndex.get(ruling)?.content.kind === 'ruling';
  const what = `ruling ${ruling} is not among the opened leaves before ${asOf}`;
  return found ? [] : [{ code: 'input-missing', where: 'explanation.ruling', what }];
}

function checkStatement(
  explained: Explained,
  { element, asOf }: Explanation,
  byIndex: ReadonlyMap<number, ReadLeaf>,
): readonly Finding[] {
  const { where } = explained;
  const statement = byIndex.get(explained.statement)?.content;
  const receipt = byIndex.get(explained.receipt);
  if (statement?.kind !== 'statement' || receipt?.content.kind !== 'receipt') {
    const what = `statement ${explained.statement} and its receipt ${explained.receipt} are not both among the opened leaves`;
    return [{ code: 'input-missing', where, what }];
  }
  const { fields } = statement;
  const late = explained.statement >= asOf ? [`statement ${explained.statement} came after ${asOf} leaves`] : [];
  const differences = [
    ...late,
    ...factDifferences(explained, fields, receipt.content.fields),
    ...valueDifferences(explained, fields, element),
    ...originDifferences(explained.origins, fields.origins, receipt.payload),
  ];
  return differences.map((what) => ({ code: 'input-differs', where, what }));
}

function factDifferences(explained: Explained, statement: StatementFields, receipt: ReceiptFields): readonly string[] {
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['source', explained.source, statement.source],
    ["receipt's source", explained.source, receipt.source],
    ['receipt', explained.receipt, statement.receipt],
    ['time it was said', explained.saidAt, statement.saidAt],
    ['time it was received', explained.receivedAt, statement.receivedAt],
    ["receipt's time", explained.receivedAt, receipt.receivedAt],
  ];
  return facts
    .filter(([, told, committed]) => told !== committed)
    .map(([name, told, committed]) => `the ${name} is told as ${told}, the log holds ${committed}`);
}

function valueDifferences(
  { value, statement }: Explained,
  fields: StatementFields,
  element: string,
): readonly string[] {
  const resource = readAnyObject(parseFaithful(fields.text), `statement ${statement}`);
  if (saysValue(resource, element, value)) return [];
  return [`statement ${statement} does not say this ${element}`];
}

/** A statement says its whole resource, each of its elements, and each entry of an element that is a list. */
function saysValue(resource: { [name: string]: unknown }, element: string, value: unknown): boolean {
  const said = resource[element];
  if (sameJson(resource, value) || (said !== undefined && sameJson(said, value))) return true;
  if (!Array.isArray(said)) return false;
  const entries = new Set(said.map(canonicalJson));
  return (Array.isArray(value) ? value : [value]).every((entry) => entries.has(canonicalJson(entry)));
}

function originDifferences(
  told: readonly unknown[],
  committed: readonly OriginFields[],
  payload: Uint8Array | undefined,
): readonly string[] {
  const known = new Set(committed.map(canonicalJson));
  const unknown = told.filter((origin) => !known.has(canonicalJson(origin)));
  const beyond = committed.filter(({ span }) => payload !== undefined && span.end > payload.length);
  return [
    ...unknown.map((origin) => `the log holds no such origin: ${canonicalJson(origin)}`),
    ...beyond.map(({ position }) => `the origin ${position} lies beyond the end of the payload`),
  ];
}

function readExplanation(value: unknown, where: string): Explanation {
  const { element, asOf, policy, ruling, said, setAside } = readAnyObject(value, where);
  return {
    element: readString(element, `${where}.element`),
    asOf: readCount(asOf, `${where}.asOf`),
    policy: readString(policy, `${where}.policy`),
    ruling: nullable(readCount)(ruling ?? null, `${where}.ruling`),
    statements: [
      ...listOf(readExplained)(said, `${where}.said`),
      ...listOf(readExplained)(setAside, `${where}.setAside`),
    ],
  };
}

const readExplained: Read<Explained> = (value, where) => {
  const { statement, receipt, source, saidAt, receivedAt, value: told, origins } = readAnyObject(value, where);
  return {
    where,
    statement: readCount(statement, `${where}.statement`),
    receipt: readCount(receipt, `${where}.receipt`),
    source: readString(source, `${where}.source`),
    saidAt: readString(saidAt, `${where}.saidAt`),
    receivedAt: readString(receivedAt, `${where}.receivedAt`),
    value: told,
    origins: listOf((origin) => origin)(origins, `${where}.origins`),
  };
};

// `1.50` and `1.5` are different things to have said, so numbers that JavaScript would rewrite keep their digits.
// ES2026 names these parts of JSON; TypeScript's libraries do not yet.
const engine = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

function parseFaithful(text: string): unknown {
  try {
    return engine.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? engine.rawJSON(source) : value,
    );
  } catch {
    throw new Malformed('explanation', 'is not JSON');
  }
}
