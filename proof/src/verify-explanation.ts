// Holds an explanation against the opened leaves: each input it names must be there and say what the explanation says it said.
import { canonicalJson, sameJson } from './canonical.ts';
import type {
  LinkFields,
  OriginFields,
  PolicyFields,
  ReceiptFields,
  RulingFields,
  StatementFields,
} from './contents.ts';
import { type Explained, type Explanation, parseFaithful, readExplanation } from './explanation.ts';
import type { Finding } from './finding.ts';
import type { Content } from './open-content.ts';
import { Malformed, readAnyObject } from './shape.ts';

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

function checkRuling({ ruling, asOf }: Explanation, { rulings }: Inputs): readonly Finding[] {
  if (ruling === undefined || (ruling < asOf && rulings.has(ruling))) return [];
  return [missing('explanation.ruling', `ruling ${ruling} is not among the opened leaves before ${asOf}`)];
}

/** A served value must be one that somebody said; the rule may choose among values, never make one. */
function checkValues({ values, statements }: Explanation): readonly Finding[] {
  const told = new Set(statements.map(({ value }) => canonicalJson(value)));
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
    ...valueDifferences(explained, statement.fields, { element: explanation.element, inputs }),
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

/** Statements of one person are held together by the opened links, of which the latest about a pair counts. */
function subjectDifferences(
  { subject, id }: StatementFields,
  { person, asOf }: Explanation,
  { links }: Inputs,
): readonly string[] {
  const byPair = new Map(
    links.filter(({ index }) => index < asOf).map(({ fields }) => [`${fields.a} ${fields.b}`, fields]),
  );
  const same = [...byPair.values()].filter(({ kind }) => kind === 'same');
  const linked = new Set([person]);
  for (let before = 0; before < linked.size; ) {
    before = linked.size;
    for (const { a, b } of same) if (linked.has(a) || linked.has(b)) linked.add(a).add(b);
  }
  if (subject !== undefined && linked.has(subject)) return [];
  return [`statement ${id} is about ${subject ?? 'nobody'}, whom no opened link makes the same person as ${person}`];
}

type Telling = { readonly element: string; readonly inputs: Inputs };

function valueDifferences(
  explained: Explained,
  fields: StatementFields,
  { element, inputs }: Telling,
): readonly string[] {
  const { value, statement, hidden } = explained;
  if (hidden && value === null) return [];
  const holds =
    element === fields.resourceType ? saysResource(value, fields, inputs) : saysElement(value, fields, element);
  return holds ? [] : [`statement ${statement} does not say this ${element}`];
}

/**
 * A statement says each of its elements, and each entry of an element that is a list. It says "none" (null) of an element that it
 * clears or does not carry. `deceased[x]` is any of its types.
 */
function saysElement(value: unknown, fields: StatementFields, element: string): boolean {
  if (fields.resourceType !== 'Patient') return false;
  const base = element.endsWith('[x]') ? element.slice(0, -'[x]'.length) : undefined;
  const isMeant = (name: string) => (base === undefined ? name === element : name.startsWith(base));
  const said = Object.entries(resourceOf(fields)).flatMap(([name, member]) => (isMeant(name) ? [member] : []));
  if (value === null)
    return said.length === 0 || fields.said.some((one) => one.action === 'clear' && isMeant(one.element));
  return said
    .flatMap((member) => (Array.isArray(member) ? [member, ...member] : [member]))
    .some((one) => sameJson(one, value));
}

/** A resource that its source told in several messages: each member is said by the one named or by another opened one. */
function saysResource(value: unknown, fields: StatementFields, { statements }: Inputs): boolean {
  const told = [...statements.values()]
    .filter(({ fields: other }) => other.source === fields.source && other.resourceId === fields.resourceId)
    .map(({ fields: other }) => resourceOf(other));
  return Object.entries(readAnyObject(value, 'value')).every(([name, member]) => {
    const entries = Array.isArray(member) ? member : [member];
    return (
      told.some((one) => sameJson(one[name], member)) ||
      entries.every((entry) => told.some((one) => holds(one[name], entry)))
    );
  });
}

function holds(list: unknown, entry: unknown): boolean {
  return Array.isArray(list) && list.some((one) => sameJson(one, entry));
}

function resourceOf({ id, text }: StatementFields): { [name: string]: unknown } {
  return readAnyObject(parseFaithful(text, `statement ${id}`), `statement ${id}`);
}

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
