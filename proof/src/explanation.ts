// The part of an explanation that can be checked: which statements, receipts, policy and ruling it says it rests on.
import { listOf, Malformed, nullable, type Read, readAnyObject, readCount, readString } from './shape.ts';

export type Explained = {
  readonly where: string;
  readonly statement: number;
  readonly receipt: number;
  readonly source: string;
  readonly saidAt: string;
  readonly receivedAt: string;
  readonly value: unknown;
  readonly origins: readonly unknown[];
  /** Statements that said the same again. */
  readonly repeats: readonly number[];
  /** The value may not be shown: it is then null, whatever was said. */
  readonly hidden: boolean;
};
/** What a verifier needs of an explanation; the rest is prose made from it. */
export type Explanation = {
  /** A source subject of the person: every statement must be about a subject linked with it. */
  readonly person: string;
  readonly element: string;
  readonly asOf: number;
  readonly policy: string;
  readonly rule: string;
  readonly ruling: number | undefined;
  /** What is served. */
  readonly values: readonly unknown[];
  readonly statements: readonly Explained[];
};

/** Throws `Malformed` when the text is not an explanation. Members not needed here may be anything. */
export function readExplanation(text: string): Explanation {
  const where = 'explanation';
  const { person, element, asOf, policy, rule, state, ruling, values, said, setAside } = readAnyObject(
    parseFaithful(text, where),
    where,
  );
  return {
    person: readString(person, `${where}.person`),
    element: readString(element, `${where}.element`),
    asOf: readCount(asOf, `${where}.asOf`),
    policy: readString(policy, `${where}.policy`),
    rule: readString(rule, `${where}.rule`),
    ruling: nullable(readCount)(ruling ?? null, `${where}.ruling`),
    values: listOf((one) => one)(values, `${where}.values`),
    statements: [
      ...listOf(readExplained)(said, `${where}.said`),
      ...listOf(readExplained)(setAside, `${where}.setAside`),
    ].map((explained) => (isHidden(state) ? { ...explained, hidden: true } : explained)),
  };
}

function isHidden(why: unknown): boolean {
  return why === 'withheld' || why === 'erased';
}

const readExplained: Read<Explained> = (value, where) => {
  const {
    statement,
    receipt,
    source,
    saidAt,
    receivedAt,
    value: told,
    origins,
    reason,
    repeats,
  } = readAnyObject(value, where);
  return {
    where,
    statement: readCount(statement, `${where}.statement`),
    receipt: readCount(receipt, `${where}.receipt`),
    source: readString(source, `${where}.source`),
    saidAt: readString(saidAt, `${where}.saidAt`),
    receivedAt: readString(receivedAt, `${where}.receivedAt`),
    value: told,
    origins: listOf((origin) => origin)(origins, `${where}.origins`),
    repeats: listOf(readCount)(repeats ?? [], `${where}.repeats`),
    hidden: isHidden(reason),
  };
};

// `1.50` and `1.5` are different things to have said, so numbers that JavaScript would rewrite keep their digits.
// ES2026 names these parts of JSON; TypeScript's libraries do not yet.
const engine = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

export function parseFaithful(text: string, where: string): unknown {
  try {
    return engine.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source ? engine.rawJSON(source) : value,
    );
  } catch {
    throw new Malformed(where, 'is not JSON');
  }
}
