// A policy's life: proposed by one person, approved by another, put in force and taken out of force again, each a single appended fact.
// When another policy comes in force, everybody it changes anything for is judged again, by receipts through the one door.
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { Failed, Refused } from '../base/errors.ts';
import type { SourceKey, SubjectId } from '../base/ids.ts';
import { enterOwn } from '../intake/enter-own.ts';
import type { Intake } from '../intake/types.ts';
import type { SaltSource } from '../ledger/leaf.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { RejudgeRequest } from '../pipeline/types.ts';
import { isSamePerson, loadPolicy } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import type { ActivePolicy, PolicyText } from './active-policy.ts';
import { readActivations, readSteps } from './reader.ts';
import { createTally } from './tally.ts';
import { tryPolicy } from './try-policy.ts';
import type { PolicyDiff, PolicySummary, Who } from './types.ts';
import { appendActivation, appendStep } from './writer.ts';

export type PolicyLife = {
  list(): Promise<readonly PolicySummary[]>;
  /** Returns its name. Throws `Refused` with the first problem of the text, or where the name is another text's. */
  propose(body: string, who: Who): Promise<string>;
  approve(name: string, who: Who): Promise<void>;
  /** Resolves when it is in force and everybody concerned has been judged again: how many that were. */
  activate(name: string, who: Who): Promise<number>;
  /** Puts the policy that was in force before in force again. */
  rollBack(who: Who): Promise<{ readonly name: string; readonly persons: number }>;
  /** What it would change, as far as it is known: the first question starts the trial. */
  diff(name: string): Promise<PolicyDiff>;
};
export type LifeOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly salts: SaltSource;
  readonly held: ActivePolicy;
  /** Runs work while nothing is planned or committed. */
  readonly between: <T>(work: () => Promise<T>) => Promise<T>;
  readonly intake: Intake;
  readonly sources: SourceRegistry;
  /** The trust that a policy would leave to each source, by the checks that fail. */
  readonly trustsUnder: (policy: Policy) => Promise<ReadonlyMap<SourceKey, number>>;
  readonly onError: (error: unknown) => void;
};

const REASON_MIN = 3;

export function startPolicyLife(options: LifeOptions): PolicyLife {
  const { db, clock, held } = options;
  const trials = new Map<string, PolicyDiff>();
  let busy = false;
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy) throw new Failed('policy-busy', 'Another policy is coming in force. Ask again when that is done.');
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
  return {
    list: () => summaries(db),
    propose: async (body, who) => {
      checkWho(who);
      const { id } = readPolicyText(body);
      const known = (await texts(db)).get(id);
      if (known !== undefined && known !== body)
        throw new Refused('policy-name', `${id} is another text already. Give this one the next version.`, 'version');
      await appendStep(db, { name: id, step: 'proposed', body, ...who }, clock.now());
      return id;
    },
    approve: async (name, who) => {
      checkWho(who);
      const { proposed } = await summaryOf(db, name);
      if (proposed === undefined) throw new Refused('policy-step', `${name} was never proposed.`, 'name');
      if (isSamePerson(proposed.by, who.by))
        throw new Refused('policy-second-person', 'Who proposed a policy cannot approve it. Ask somebody else.', 'by');
      await appendStep(db, { name, step: 'approved', body: null, ...who }, clock.now());
    },
    activate: (name, who) =>
      alone(async () => {
        checkWho(who);
        const summary = await summaryOf(db, name);
        if (summary.state === 'active') throw new Refused('policy-step', `${name} is in force.`, 'name');
        if (summary.approved === undefined && summary.activated.length === 0)
          throw new Refused('policy-step', `${name} is not approved. Somebody else than its author has to.`, 'name');
        return bringInForce(options, { name, body: (await texts(db)).get(name) ?? '' }, who);
      }),
    rollBack: (who) =>
      alone(async () => {
        checkWho(who);
        const activations = await readActivations(db);
        const before = activations.findLast((one) => one.name !== held.active().id);
        if (before === undefined) throw new Refused('policy-step', 'No other policy was ever in force.', 'name');
        return { name: before.name, persons: await bringInForce(options, before, who) };
      }),
    diff: async (name) => {
      const { state } = await summaryOf(db, name);
      const key = `${held.active().id} ${name}`;
      const known = trials.get(key);
      if (known !== undefined) {
        if (known.done) trials.delete(key);
        return known;
      }
      if (state === 'active') throw new Refused('policy-step', `${name} is in force: it changes nothing.`, 'name');
      const to = readPolicyText((await texts(db)).get(name) ?? '');
      return begin(options, to, { trials, key });
    },
  };
}

/** The first answer is of a trial that has just begun; the trial goes on behind it. */
function begin(
  { db, clock, held, trustsUnder, onError }: LifeOptions,
  to: Policy,
  { trials, key }: { readonly trials: Map<string, PolicyDiff>; readonly key: string },
): PolicyDiff {
  const from = held.active();
  const first = createTally().diff({ from: from.id, to: to.id, done: false, of: 1, sources: [] });
  trials.set(key, first);
  const run = async () => {
    // Under the rules of today the trust of today stands, so only other rules are asked about.
    const isSame = JSON.stringify(from.quality) === JSON.stringify(to.quality);
    const trusts = isSame ? new Map<SourceKey, number>() : await trustsUnder(to);
    const at = clock.now();
    return tryPolicy(db, { from, to, at, forecast: { trusts }, tell: (diff) => trials.set(key, diff) });
  };
  run().catch((error: unknown) => {
    trials.delete(key);
    onError(error);
  });
  return first;
}

async function bringInForce(options: LifeOptions, text: PolicyText, who: Who): Promise<number> {
  const { db, clock, salts, held } = options;
  const from = held.active();
  const to = readPolicyText(text.body);
  await options.between(async () => {
    await appendActivation(db, { name: to.id, body: text.body, ...who }, { at: clock.now(), salts });
    held.use(to);
  });
  let persons = 0;
  await tryPolicy(db, {
    from,
    to,
    at: clock.now(),
    tell: () => undefined,
    changed: async (ids) => {
      persons += ids.length;
      await judgeAgain(options, ids, to);
    },
  });
  return persons;
}

async function judgeAgain(options: LifeOptions, persons: readonly SubjectId[], to: Policy): Promise<void> {
  const request: RejudgeRequest = { kind: 'rejudge', persons, reason: `${to.id} is in force`, by: 'vouch' };
  const { receipt, state } = await enterOwn(options, { key: 'vouch-policy', name: 'Policy in force' }, request);
  if (state === 'applied') return;
  throw new Failed(
    'policy-not-judged',
    `The policy is in force, but receipt ${receipt}, by which ${persons.length} persons were to be judged again under it, is ${state}. See vouch receipt ${receipt}; activate the policy again when it is mended.`,
  );
}

/** Throws `Refused` with every problem of the text, each with its line and column. */
export function readPolicyText(body: string): Policy {
  const loaded = loadPolicy(body, 'policy');
  if (loaded.ok) return loaded.policy;
  const told = loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  throw new Refused('policy-text', `The policy cannot be used. ${told.join(' ')}`, 'body');
}

function checkWho({ by, reason }: Who): void {
  if (by.trim() === '') throw new Refused('policy-by', 'Give "by": who does this.', 'by');
  if (reason.trim().length < REASON_MIN)
    throw new Refused('policy-reason', 'Give "reason": why, in three characters or more.', 'reason');
}

async function texts(db: Db): Promise<ReadonlyMap<string, string>> {
  const [steps, activations] = await Promise.all([readSteps(db), readActivations(db)]);
  const proposed = steps.flatMap(({ name, body }) => (body === null ? [] : [[name, body] as const]));
  return new Map([...proposed, ...activations.map(({ name, body }) => [name, body] as const)]);
}

async function summaryOf(db: Db, name: string): Promise<PolicySummary> {
  const found = (await summaries(db)).find((one) => one.name === name);
  if (found === undefined) throw new Refused('not-found', 'There is no policy of this name.');
  return found;
}

async function summaries(db: Db): Promise<readonly PolicySummary[]> {
  const [steps, activations] = await Promise.all([readSteps(db), readActivations(db)]);
  const names = [...new Set([...activations, ...steps].map((one) => one.name))];
  const active = activations.at(-1)?.name;
  return names.map((name) => {
    const step = (kind: 'proposed' | 'approved') => {
      const found = steps.find((one) => one.name === name && one.step === kind);
      return found === undefined ? undefined : { by: found.by, reason: found.reason, at: found.at };
    };
    const activated = activations
      .filter((one) => one.name === name)
      .map(({ at, index, by, reason }) => ({ at, index, ...(by === null ? {} : { by, reason: reason ?? '' }) }));
    const [proposed, approved] = [step('proposed'), step('approved')];
    const before = activated.length > 0 ? 'was-active' : approved === undefined ? 'proposed' : 'approved';
    return { name, state: name === active ? 'active' : before, proposed, approved, activated };
  });
}
