// One kill: waits for the moment it is aimed at, freezes whom it is meant for, notes what they were in the middle of, and kills them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../server/src/base/db.ts';
import type { Random } from '../../server/src/testkit/people/index.ts';
import type { Operator } from './operator.ts';
import { type Aim, type Look, look, phasesOf, spinToCommit } from './phases.ts';
import { childrenOf, freeze, killAll, titleOf } from './processes.ts';

/**
 * server: Vouch alone. postgres: PostgreSQL's first process, and the others notice. cluster: all processes of PostgreSQL at once.
 * backend: one connection's process. both: Vouch and PostgreSQL's first. everything: all processes of both at once.
 */
export type Victim = 'server' | 'postgres' | 'cluster' | 'backend' | 'both' | 'everything';
export type Hit = {
  /** Nobody when the one it was meant for did not run. */
  readonly victim: Victim | 'nobody';
  readonly phases: readonly string[];
};
export type Strike = {
  readonly operator: Operator;
  readonly observer: Db;
  readonly random: Random;
  readonly victim: Victim;
  /** Undefined: now, whatever is being done. */
  readonly aim: Aim | undefined;
};

const AIM_MS_MAX = 1_300;
const SPIN_MS_MAX = 12;
/** A transaction of intake lasts a few milliseconds: the kill falls anywhere in it. */
const WITHIN_MS_MAX = 3;

export async function strike(given: Strike): Promise<Hit> {
  const { operator, victim, aim } = given;
  const seen = operator.stage() === undefined ? await aimed(given) : undefined;
  const targets = targetsOf(given, seen);
  if (targets.length === 0) return { victim: 'nobody', phases: [] };
  if (aim?.commit === true) spinToCommit(seen, aim.writer, SPIN_MS_MAX);
  freeze(targets);
  const stage = operator.stage();
  const phases = stage === undefined ? phasesOf(seen) : [stage];
  const hasServer = operator.server !== undefined && targets.includes(operator.server);
  killAll(targets);
  if (hasServer) await operator.gone();
  return { victim, phases };
}

/** Looks until it sees what it is aimed at, or for long enough; what it saw last. */
async function aimed({ observer, aim, random }: Strike): Promise<Look | undefined> {
  const until = performance.now() + AIM_MS_MAX;
  for (;;) {
    const seen = await look(observer);
    const found = seen?.open.some((one) => one.writer === aim?.writer) ?? false;
    if (aim === undefined || performance.now() > until) return seen;
    if (!found) continue;
    if (!aim.commit) await sleep(random.below(WITHIN_MS_MAX));
    return seen;
  }
}

function targetsOf({ operator, victim, random, aim }: Strike, seen: Look | undefined): readonly number[] {
  const postmaster = operator.postmaster();
  const server = operator.server === undefined ? [] : [operator.server];
  const first = postmaster === undefined ? [] : [postmaster];
  const children = postmaster === undefined ? [] : childrenOf(postmaster);
  switch (victim) {
    case 'server':
      return server;
    case 'postgres':
      return first;
    case 'cluster':
      return [...first, ...children];
    case 'both':
      return [...server, ...first];
    case 'everything':
      return [...server, ...first, ...children];
    case 'backend':
      return backendOf({ children, random, writing: seen?.open.find((one) => one.writer === aim?.writer)?.pid });
    default:
      return victim satisfies never;
  }
}

/** The process of the connection that is aimed at, or any that serves one. */
function backendOf(from: {
  readonly children: readonly number[];
  readonly random: Random;
  readonly writing: number | undefined;
}): readonly number[] {
  if (from.writing !== undefined) return [from.writing];
  const serving = from.children.filter((pid) => titleOf(pid).startsWith('postgres: postgres'));
  return serving.length === 0 ? [] : [from.random.pick(serving)];
}
