// vouch rule: records what a person decided. It enters as a receipt like everything else.
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../base/errors.ts';
import type { ReceiptState } from '../intake/types.ts';
import type { ReceiptJourney, Withdrawal } from '../operate/types.ts';
import type { PersonRuling } from '../pipeline/types.ts';
import { restsOn } from '../truth/rests-on.ts';
import type { Explanation } from '../truth/types.ts';
import { type Api, connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, oneOf, readArguments, readPositionals } from './arguments.ts';
import { type Case, readCase } from './cases.ts';
import { print, printJson, wrapped } from './display.ts';
import { patientId } from './explain.ts';
import { RULING_KINDS, rulingOf } from './rule/ruling-of.ts';
import type { Command } from './types.ts';
import { withdrawalLines } from './withdrawal-lines.ts';

const usage = `
vouch rule KIND --reason TEXT --by NAME [--case ID | what is ruled on] [--server URL] [--json]

Records a ruling. It is appended, with its reason and who made it; a later ruling may differ, nothing is rewritten.

On what sources disagree about (a conflict):
  choose         --case ID --statement N.N     one source is right; the statement is named in the case
  choose-none    --case ID                     none of them is right
  both-valid     --case ID                     all of them hold; the case says where that cannot be
  wrong-patient  --case ID --statement N.N     what this statement says is about somebody else: all of it is taken back
  ask-source     --case ID --whom TEXT [--until TIME]   nothing is decided; the case stays open and says who was asked
  without a case: --person ID --element NAME --competing-set FINGERPRINT

On two records:
  same           --case ID, or --a RECORD --b RECORD    they are one person
  not-same       --case ID, or --a RECORD --b RECORD    they are not
  cannot-tell    --case ID [--until TIME]      nothing is decided; the case keeps the note, and when to look again
  a RECORD is a patient id, or SOURCE=KEY with the source's own key

On what another person proposed, where the policy asks for two:
  approve        --case ID [--proposal N]      it counts from now on; whoever proposed it cannot approve it
  decline        --case ID [--proposal N]      it does not count

On a quarantined or held receipt:
  retry          --case ID, or --receipt N     plan it again: what was wrong is put right
  reject         --case ID, or --receipt N     do not use it

  --reason TEXT  why; at least three characters
  --by NAME      who decides
${ASKING_HELP}

Exit codes: 0 applied, 1 refused, not yet applied (waiting for a second person, too), or applied without the effect it should have,
2 wrong usage.`;

const SETTLE_POLLS = 40;
const SETTLE_POLL_MS = 250;

export const rule: Command = {
  name: 'rule',
  summary: 'record what a person decided about a case',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      case: { type: 'string' },
      person: { type: 'string' },
      element: { type: 'string' },
      statement: { type: 'string' },
      'competing-set': { type: 'string' },
      a: { type: 'string' },
      b: { type: 'string' },
      receipt: { type: 'string' },
      whom: { type: 'string' },
      until: { type: 'string' },
      proposal: { type: 'string' },
      reason: { type: 'string' },
      by: { type: 'string' },
    });
    const [given = ''] = readPositionals(positionals, [`kind of ruling: ${RULING_KINDS.join(', ')}`]);
    const kind = oneOf(given, RULING_KINDS, 'The kind of ruling');
    const api = connectTo(serverAddress(values.server, io.env));
    const about = values.case === undefined ? undefined : await openCase(api, values.case);
    const body = rulingOf(kind, values, about);
    const ruled = await api.post<Ruled>('/api/v1/rulings', body);
    const after =
      ruled.state === 'applied' ? await afterwards(api, { ruled, body, about }) : { settled: false, lines: [] };
    if (values.json) printJson(io, { ...ruled, target: after.target });
    else print(io, [...ruledLines(ruled), ...after.lines]);
    return after.settled ? 0 : 1;
  },
};

type Ruled = {
  readonly receipt: number;
  readonly state: ReceiptState;
  readonly waitsForSecond?: boolean;
  readonly withdrew?: readonly Withdrawal[];
};
type After = {
  /** What was ruled on is as the ruling wants it. */
  readonly settled: boolean;
  readonly target?: Pick<ReceiptJourney, 'id' | 'state' | 'reasons'>;
  readonly lines: readonly string[];
};

/** Throws `Refused` when the case is not open: nobody rules on what is settled. */
async function openCase(api: Api, id: string): Promise<Case> {
  const found = await readCase(api, id);
  if (found.state === 'closed')
    throw new Refused('case-closed', `Case ${id} is closed. If sources still disagree, vouch cases shows a newer one.`);
  return found;
}

type Applied = { readonly ruled: Ruled; readonly body: PersonRuling; readonly about: Case | undefined };

/** What the ruling led to. */
async function afterwards(api: Api, { ruled, body, about }: Applied): Promise<After> {
  if (ruled.waitsForSecond === true) return { settled: false, lines: [waitsLine(ruled, about)] };
  switch (body.kind) {
    case 'choose':
    case 'choose-none':
    case 'both-valid':
    case 'wrong-patient':
      return verdictAfterwards(api, body);
    case 'ask-source':
    case 'cannot-tell':
      return { settled: true, lines: ['The case stays open, with that note. Nothing was decided.'] };
    case 'approve':
      return approvedAfterwards(api, about);
    case 'decline':
      return { settled: true, lines: ['What was proposed does not count. The case stays open.'] };
    case 'same':
    case 'not-same':
      return { settled: true, lines: [] };
    case 'retry':
    case 'reject':
      return receiptAfterwards(api, body.receipt);
  }
}

function waitsLine({ receipt }: Ruled, about: Case | undefined): string {
  const of = about === undefined ? '--case ID (see vouch cases)' : `--case ${about.id}`;
  return `It is a proposal and changes nothing yet: the policy asks for a second person. They answer with: vouch rule approve ${of} --proposal ${receipt} --reason … --by …`;
}

async function approvedAfterwards(api: Api, about: Case | undefined): Promise<After> {
  const [person] = about?.persons ?? [];
  if (about?.element === undefined || person === undefined) return { settled: true, lines: [] };
  return verdictAfterwards(api, { person, element: about.element });
}

/** A ruling binds only to what competes now: when something else decides the element, whoever ruled must know. */
async function verdictAfterwards(api: Api, { person, element }: { person: string; element: string }): Promise<After> {
  const id = patientId(person);
  const see = `See: vouch explain ${id} ${element}`;
  if (restsOn(element) !== undefined) return { settled: true, lines: [] };
  try {
    const { text, rule: by } = await api.get<Explanation>(`/fhir/R4/Patient/${id}/$explain`, {
      query: { path: element },
      having: 'whatWeKnow',
    });
    const [verdict = ''] = text.split('\n');
    if (by === 'ruling') return { settled: true, lines: [`${verdict} ${see}`] };
    return { settled: false, lines: [`${verdict} But the rule ${by} decides that now, not this ruling. ${see}`] };
  } catch (error) {
    // The ruling itself is recorded; that must not be hidden by what cannot be shown of it.
    if (!(error instanceof Refused)) throw error;
    return { settled: false, lines: [`What it led to cannot be shown: ${error.message}`] };
  }
}

/** A retry is planned a moment after the ruling. */
async function receiptAfterwards(api: Api, receipt: number): Promise<After> {
  const read = () => api.get<ReceiptJourney>(`/api/v1/receipts/${receipt}`, { having: 'journey' });
  let answer = await read();
  for (let poll = 1; answer.state === 'received' && poll < SETTLE_POLLS; poll += 1) {
    await sleep(SETTLE_POLL_MS);
    answer = await read();
  }
  const { id, state, reasons } = answer;
  const settled = state !== 'received' && state !== 'quarantined' && state !== 'held';
  return {
    settled,
    target: { id, state, reasons },
    lines: [
      `Receipt ${id} is ${settled ? 'now' : 'still'} ${state}.`,
      ...reasons.flatMap((reason) => wrapped(`${reason.message} [${reason.code}]`, '  ')),
    ],
  };
}

function ruledLines({ receipt, state, withdrew = [] }: Ruled): readonly string[] {
  return [
    ...(withdrew.length === 0 ? [] : ['Taken back:', ...withdrew.flatMap(withdrawalLines).map((line) => `  ${line}`)]),
    state === 'applied'
      ? `The ruling is recorded and applied, as receipt ${receipt}.`
      : `The ruling is recorded as receipt ${receipt} and ${state}, not yet applied. See: vouch receipt ${receipt}`,
  ];
}
