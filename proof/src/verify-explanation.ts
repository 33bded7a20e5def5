// Holds an explanation against the opened leaves: each input it names must be there and say what the explanation says it said.
import { canonicalJson } from './canonical.ts';
import type {
  LinkFields,
  OriginFields,
  PolicyFields,
  ReceiptFields,
  RulingFields,
  StatementFields,
} from './contents.ts';
import { type Explained, type Explanation, readExplanation } from './explanation.ts';
import type { Finding } from './finding.ts';
import type { Content } from './open-content.ts';
import { type AskedPath, entriesOf, parseAskedPath, saysValue } from './said-value.ts';
import { Malformed } from './shape.ts';

/** An opened leaf whose content could be read; what an explanation is held against. */
export type ReadLeaf = { readonly index: number; readonly content: Content; readonly payload: Uint8Array | undefined };

export function verifyExplanation(
  text: string | undefined,
  leaves: readonly ReadLeaf[],
  size: number,
): { readonly findings: readonly Finding[]; readonly held: readonly string[] } {
  if (text === undefined) return { findings: [], held: [] };
  try {
    return checkExplanation(readExplanation(text), inputsOf(leaves), size);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { findings: [{ code: 'malformed', where: error.where, what: error.message }], held: [] };
  }
}

function checkExplanation(explanation: Explanation, inputs: Inputs, size: number) {
  const { element, statements } = explanation;
  const findings = [
    ...inputs.findings,
    ...checkAsOf(explanation, size),
    ...checkPolicy(explanation, inputs),
    ...checkRuling(explanation, inputs),
    ...checkValues(explanation),
    ...statements.flatMap((explained) => checkStatement(explained, explanation, inputs)),
  ];
  const what = `The explanation of ${element} rests on ${statements.length} statements; they are in the log, about this person, and say what it says.`;
  return { findings, held: [what] };
}

function checkAsOf({ asOf }: Explanation, size: number): readonly Finding[] {
  const what = `speaks of ${asOf} leaves, the checkpoint covers only ${size}`;
  return asOf <= size ? [] : [{ code: 'as-of', where: 'explanation.asOf', what }];
}

type Opened<Fields> = { readonly index: number; readonly fields: Fields; readonly payload: Uint8Array | undefined };
type Inputs = {
  /** Statements by their id, receipts and rulings by ledger index, which is their id. */
  readonly statements: Map<number, Opened<StatementFields>>;
  readonly receipts: Map<number, Opened<ReceiptFields>>;
  readonly rulings: Map<number, Opened<RulingFields>>;
  readonly policies: Opened<PolicyFields>[];
  /** By rising index, as the leaves come. */
  readonly links: Opened<LinkFields>[];
  readonly findings: Finding[];
};

function inputsOf(leaves: readonly ReadLeaf[]): Inputs {
  const none = { policies: [], links: [], findings: [] };
  const inputs: Inputs = { statements: new Map(), receipts: new Map(), rulings: new Map(), ...none };
  for (const { index, content, payload } of leaves) {
    if (content.kind === 'receipt') inputs.receipts.set(index, { index, fields: content.fields, payload });
    else if (content.kind === 'ruling') inputs.rulings.set(index, { index, fields: content.fields, payload });
    else if (content.kind === 'policy') inputs.policies.push({ index, fields: content.fields, payload });
    else if (content.kind === 'link') inputs.links.push({ index, fields: content.fields, payload });
    else if (content.kind === 'statement') {
      const { id } = content.fields;
      if (inputs.statements.has(id))
        inputs.findings.push(missing('leaves', `two opened leaves claim to be statement ${id}`));
      inputs.statements.set(id, { index, fields: content.fields, payload });
    }
  }
  return inputs;
}

function checkPolicy({ policy, asOf }: Explanation, { policies }: Inputs): readonly Finding[] {
  const found = policies.some(({ index, fields }) => index < asOf && fields.id === policy);
  return found ? [] : [missing('explanation.policy', `policy ${policy} is not among the opened leaves before ${asOf}`)];
}

/** A rule called `ruling` rests on a person's decision, named by its index or found by what it is about. */
function checkRuling(explanation: Explanation, inputs: Inputs): readonly Finding[] {
  const { ruling, rule, asOf } = explanation;
  if (ruling === undefined && rule !== 'ruling') return [];
  const candidates = ruling === undefined ? [...inputs.rulings.values()] : [inputs.rulings.get(ruling)];
  const linked = linkedWith(explanation, inputs);
  if (candidates.some((one) => one !== undefined && one.index < asOf && linked.has(one.fields.subject))) return [];
  const what = `the ruling ${ruling ?? 'it rests on'}, about this person, is not among the opened leaves before ${asOf}`;
  return [missing('explanation.ruling', what)];
}

/** A served value must be one that somebody said; the rule may choose among values, never make one. */
function checkValues({ values, statements }: Explanation): readonly Finding[] {
  const told = new Set(statements.flatMap(({ value }) => [value, ...entriesOf(value)]).map(canonicalJson));
  return values.flatMap((value, position) => {
    if (told.has(canonicalJson(value))) return [];
    return [
      {
        code: 'input-differs',
        where: `explanation.values[${position}]`,
        what: 'no statement it names says this value',
      },
    ];
  });
}

function checkStatement(explained: Explained, explanation: Explanation, inputs: Inputs): readonly Finding[] {
  const { where } = explained;
  const statement = inputs.statements.get(explained.statement);
  const receipt = inputs.receipts.get(explained.receipt);
  if (statement === undefined || receipt === undefined) {
    const what = `statement ${explained.statement} and its receipt ${explained.receipt} are not both among the opened leaves`;
    return [missing(where, what)];
  }
  const { asOf } = explanation;
  const late = statement.index >= asOf ? [`statement ${explained.statement} came after ${asOf} leaves`] : [];
  const differences = [
    ...late,
    ...factDifferences(explained, statement.fields, receipt.fields),
    ...subjectDifferences(statement.fields, explanation, inputs),
    ...valueDifferences(explained, statement.fields, { path: parseAskedPath(explanation.element), inputs }),
    ...repeatDifferences(explained, statement.fields, inputs),
    ...originDifferences(explained.origins, statement.fields.origins, receipt.payload),
  ];
  return differences.map((what) => ({ code: 'input-differs', where, what }));
}

function missing(where: string, what: string): Finding {
  return { code: 'input-missing', where, what };
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

function subjectDifferences(
  { subject, id }: StatementFields,
  explanation: Explanation,
  inputs: Inputs,
): readonly string[] {
  if (subject !== undefined && linkedWith(explanation, inputs).has(subject)) return [];
  const { person } = explanation;
  return [`statement ${id} is about ${subject ?? 'nobody'}, whom no opened link makes the same person as ${person}`];
}

/** The subjects that the opened links make one person, the latest link about a pair counting. */
function linkedWith({ person, asOf }: Explanation, { links }: Inputs): ReadonlySet<string> {
  const byPair = new Map(
    links.filter(({ index }) => index < asOf).map(({ fields }) => [`${fields.a} ${fields.b}`, fields]),
  );
  const same = [...byPair.values()].filter(({ kind }) => kind === 'same');
  const linked = new Set([person]);
  for (let before = 0; before < linked.size; ) {
    before = linked.size;
    for (const { a, b } of same) if (linked.has(a) || linked.has(b)) linked.add(a).add(b);
  }
  return linked;
}

function valueDifferences(
  explained: Explained,
  statement: StatementFields,
  { path, inputs }: Telling,
): readonly string[] {
  const { value, hidden } = explained;
  if (hidden && value === null) return [];
  const siblings = [...inputs.statements.values()]
    .map(({ fields }) => fields)
    .filter((other) => other.source === statement.source && other.resourceId === statement.resourceId);
  if (saysValue(value, path, { statement, siblings })) return [];
  return [`statement ${statement.id} does not say this ${path.head}`];
}

type Telling = { readonly path: AskedPath; readonly inputs: Inputs };

function repeatDifferences({ repeats }: Explained, first: StatementFields, { statements }: Inputs): readonly string[] {
  return repeats.flatMap((id) => {
    const again = statements.get(id)?.fields;
    if (again === undefined) return [`statement ${id}, said to repeat it, is not among the opened leaves`];
    const same = again.source === first.source && again.resourceId === first.resourceId;
    return same ? [] : [`statement ${id} is of another source or resource, so it does not repeat it`];
  });
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
