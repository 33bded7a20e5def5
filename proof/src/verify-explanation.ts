// Holds an explanation against the opened leaves: each input it names must be there and say what the explanation says it said.
import { canonicalJson, sameJson } from './canonical.ts';
import type { OriginFields, PolicyFields, ReceiptFields, RulingFields, StatementFields } from './contents.ts';
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
  let explanation: Explanation;
  try {
    explanation = readExplanation(text);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { findings: [{ code: 'malformed', where: error.where, what: error.message }], held: [] };
  }
  const inputs = inputsOf(leaves);
  const findings = [
    ...inputs.findings,
    ...checkAsOf(explanation, size),
    ...checkPolicy(explanation, inputs),
    ...checkRuling(explanation, inputs),
    ...explanation.statements.flatMap((explained) => checkStatement(explained, explanation, inputs)),
  ];
  const held = `The explanation of ${explanation.element} rests on ${explanation.statements.length} statements that are in the log and say what it says.`;
  return { findings, held: [held] };
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
  readonly findings: Finding[];
};

function inputsOf(leaves: readonly ReadLeaf[]): Inputs {
  const inputs: Inputs = { statements: new Map(), receipts: new Map(), rulings: new Map(), policies: [], findings: [] };
  for (const { index, content, payload } of leaves) {
    if (content.kind === 'receipt') inputs.receipts.set(index, { index, fields: content.fields, payload });
    else if (content.kind === 'ruling') inputs.rulings.set(index, { index, fields: content.fields, payload });
    else if (content.kind === 'policy') inputs.policies.push({ index, fields: content.fields, payload });
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

function checkStatement(explained: Explained, { element, asOf }: Explanation, inputs: Inputs): readonly Finding[] {
  const { where } = explained;
  const statement = inputs.statements.get(explained.statement);
  const receipt = inputs.receipts.get(explained.receipt);
  if (statement === undefined || receipt === undefined) {
    const what = `statement ${explained.statement} and its receipt ${explained.receipt} are not both among the opened leaves`;
    return [missing(where, what)];
  }
  const late = statement.index >= asOf ? [`statement ${explained.statement} came after ${asOf} leaves`] : [];
  const differences = [
    ...late,
    ...factDifferences(explained, statement.fields, receipt.fields),
    ...valueDifferences(explained, statement.fields, element),
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

function valueDifferences(explained: Explained, fields: StatementFields, element: string): readonly string[] {
  const { value, statement, hidden } = explained;
  if (hidden && value === null) return [];
  const resource = readAnyObject(parseFaithful(fields.text, `statement ${statement}`), `statement ${statement}`);
  if (saysValue(resource, element, value)) return [];
  return [`statement ${statement} does not say this ${element}`];
}

/**
 * A statement says its whole resource, each of its elements, and each entry of an element that is a list. It says "none" (null)
 * where it does not carry the element.
 */
function saysValue(resource: { [name: string]: unknown }, element: string, value: unknown): boolean {
  const said = resource[element];
  if (value === null) return said === undefined;
  if (sameJson(resource, value) || (said !== undefined && sameJson(said, value))) return true;
  if (!Array.isArray(said)) return false;
  const entries = new Set(said.map(canonicalJson));
  return (Array.isArray(value) ? value : [value]).every((entry) => entries.has(canonicalJson(entry)));
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
