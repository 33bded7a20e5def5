// Links a population and compares the persons found with those there are, in whole and by subgroup.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { timed } from '../../server/src/cli/identity/evaluate.ts';
import { startScoring } from '../../server/src/cli/identity/score-batch.ts';
import { type Blocks, cluster, isProposed, type LinkageRecord, type Model } from '../../server/src/identity/index.ts';
import type { SyntheticPerson } from './people.ts';

type Written = { readonly record: LinkageRecord; readonly person: SyntheticPerson };
type Counts = { truePairs: number; found: number; wrong: number };

const PER = 100_000;

export async function measure(written: readonly Written[], model: Model) {
  const batch = { records: written.map(({ record }) => record), model, files: undefined };
  const scoring = await startScoring(batch);
  const { records, blocks, scorer } = scoring.prepared;
  const startCpu = process.cpuUsage();
  const start = performance.now();
  const scored = await timed(scoring.score).finally(scoring.stop);
  const wallMs = performance.now() - start;
  const cpu = process.cpuUsage(startCpu);
  const cpuMs = (cpu.user + cpu.system) / 1000;
  const { personOf, review } = cluster(records, scored.edges, { scorer });
  const inReview = new Set(review.flatMap(({ left, right }) => [left, right]));
  const groups = subgroups(written, personOf);
  const clusters = clusterQuality(written, personOf);
  const summary = {
    records: written.length,
    candidatePairs: scored.pairs,
    pairsPerSecond: scored.perSecond,
    // On a busy machine this is what the work takes; on an idle one the two are alike.
    pairsPerCpuSecond: Math.round((scored.perSecond * wallMs) / cpuMs),
    blockingRecall: blockingRecall(written, blocks),
    falseMergesPer100000: Math.round((clusters.falseMerges * PER * 10) / written.length) / 10,
    clusters: { precision: clusters.precision, recall: clusters.recall, f1: f1(clusters.precision, clusters.recall) },
    reviewPairs: review.length,
    recordsInReviewPercent: percent(inReview.size, written.length),
    leftOut: blocks.leftOut,
    pairs: Object.fromEntries([...groups].map(([name, counts]) => [name, quality(counts)])),
  };
  tell(summary);
  return summary;
}

function quality({ truePairs, found, wrong }: Counts) {
  const precision = share(found, found + wrong);
  const recall = share(found, truePairs);
  return { truePairs, falsePairs: wrong, precision, recall, f1: f1(precision, recall) };
}

/** Pairs of each subgroup: those in which a record of it takes part. */
function subgroups(written: readonly Written[], personOf: Int32Array): ReadonlyMap<string, Counts> {
  const groups = new Map<string, Counts>();
  const count = (left: number, right: number, what: keyof Counts) => {
    for (const name of groupsOf(written[left], written[right])) {
      const counts = groups.get(name) ?? { truePairs: 0, found: 0, wrong: 0 };
      counts[what]++;
      groups.set(name, counts);
    }
  };
  eachPairWithin(
    written.map(({ person }) => person.number),
    (left, right) => {
      count(left, right, 'truePairs');
      if (personOf[left] === personOf[right]) count(left, right, 'found');
    },
  );
  eachPairWithin([...personOf], (left, right) => {
    if (written[left]?.person.number !== written[right]?.person.number) count(left, right, 'wrong');
  });
  return groups;
}

function groupsOf(left: Written | undefined, right: Written | undefined): ReadonlySet<string> {
  const both = [left, right].every((one) => (one?.record.nhsNumbers.length ?? 0) > 0);
  const tags = [...(left?.person.tags ?? []), ...(right?.person.tags ?? [])];
  return new Set(['all', both ? 'both have an NHS number' : 'an NHS number is missing', ...tags]);
}

function eachPairWithin(groups: readonly number[], visit: (left: number, right: number) => void): void {
  for (const members of Map.groupBy(groups.keys(), (at) => groups[at]).values()) {
    for (const [at, left] of members.entries()) for (const right of members.slice(at + 1)) visit(left, right);
  }
}

/** A cluster is right when it is exactly one person's records. Each further person in a cluster is a false merge. */
function clusterQuality(written: readonly Written[], personOf: Int32Array) {
  const sizes = new Map<number, number>();
  for (const { person } of written) sizes.set(person.number, (sizes.get(person.number) ?? 0) + 1);
  const found = Map.groupBy(written.keys(), (at) => personOf[at]);
  let [right, falseMerges] = [0, 0];
  for (const members of found.values()) {
    const persons = new Set(members.map((at) => written[at]?.person.number));
    falseMerges += persons.size - 1;
    const [only] = persons;
    if (persons.size === 1 && only !== undefined && sizes.get(only) === members.length) right++;
  }
  return { precision: share(right, found.size), recall: share(right, sizes.size), falseMerges };
}

function blockingRecall(written: readonly Written[], blocks: Blocks): number {
  let [proposed, pairs] = [0, 0];
  eachPairWithin(
    written.map(({ person }) => person.number),
    (left, right) => {
      pairs++;
      if (isProposed(blocks, left, right)) proposed++;
    },
  );
  return share(proposed, pairs);
}

function tell({ pairs, ...rest }: { readonly pairs: object }): void {
  for (const [name, value] of Object.entries(rest)) say(`${name.padEnd(28)} ${JSON.stringify(value)}`);
  for (const [name, value] of Object.entries(pairs)) say(`${name.padEnd(28)} ${JSON.stringify(value)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((part / whole).toFixed(6));
}

function percent(part: number, whole: number): number {
  return Number(((100 * part) / whole).toFixed(3));
}

function f1(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : Number(((2 * precision * recall) / (precision + recall)).toFixed(6));
}
