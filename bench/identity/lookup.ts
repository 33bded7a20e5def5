// One record looked up among many: keys, candidates, scores, decision. The index is held in memory as hashes of keys, the
// records as the text that a store would return; so the time is that of the rules, not of a database.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import {
  BLOCKING_RULES,
  blockingKeys,
  type Candidate,
  decide,
  independentIdentifiers,
  type LinkageRecord,
  type Model,
  type Ready,
  ready,
  type Scorer,
  score,
  scorerOf,
  shareIdentifier,
  vetoesOf,
} from '../../server/src/identity/index.ts';
import { type Held, keptOf, timesOf } from './held-out.ts';

const SHARING_MOST = Math.max(...BLOCKING_RULES.map((rule) => rule.most));
/** Keys a record has at most, on average; the index grows by this. */
const KEYS_PER_RECORD = 24;

type Index = { readonly hashes: Uint32Array; readonly records: Uint32Array; readonly texts: readonly string[] };

export function lookups(size: number, model: Model) {
  const scorer = scorerOf(model);
  const asked: Held[] = [];
  const { index, personOf } = build(size, scorer, asked);
  const times: number[] = [];
  let [linked, wrong, candidatesMost] = [0, 0, 0];
  for (const { record, person } of asked) {
    const start = performance.now();
    const found = lookUp(record, index, scorer);
    times.push(performance.now() - start);
    candidatesMost = Math.max(candidatesMost, found.candidates);
    if (found.outcome.kind !== 'link') continue;
    if (personOf[Number(found.outcome.to.subject)] === person) linked++;
    else wrong++;
  }
  const summary = {
    records: index.texts.length,
    lookups: asked.length,
    ...timesOf(times),
    candidatesMost,
    linked,
    wrong,
  };
  process.stdout.write(`lookup ${JSON.stringify(summary)}\n`);
  return summary;
}

function build(size: number, scorer: Scorer, asked: Held[]) {
  const texts: string[] = [];
  const personOf: number[] = [];
  const hashes = new Uint32Array(size * KEYS_PER_RECORD);
  const records = new Uint32Array(size * KEYS_PER_RECORD);
  let entries = 0;
  for (const { record, person } of keptOf(size, asked)) {
    for (const key of blockingKeys(ready(record, scorer).prepared)) {
      hashes[entries] = hashOf(key);
      records[entries] = texts.length;
      entries++;
    }
    texts.push(JSON.stringify(record));
    personOf.push(person);
  }
  return { index: sorted(hashes.subarray(0, entries), records.subarray(0, entries), texts), personOf };
}

function sorted(hashes: Uint32Array, records: Uint32Array, texts: readonly string[]): Index {
  // Hash and record in one number keep their order together, and fit a double exactly.
  const both = new Float64Array(hashes.length);
  for (let at = 0; at < hashes.length; at++) both[at] = (hashes[at] ?? 0) * 2 ** 21 + (records[at] ?? 0);
  both.sort();
  for (let at = 0; at < both.length; at++) {
    hashes[at] = Math.floor((both[at] ?? 0) / 2 ** 21);
    records[at] = (both[at] ?? 0) % 2 ** 21;
  }
  return { hashes, records, texts };
}

function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

function lookUp(record: LinkageRecord, index: Index, scorer: Scorer) {
  const asked = ready(record, scorer);
  const found = new Set<number>();
  for (const key of blockingKeys(asked.prepared)) {
    const hash = hashOf(key);
    const from = lowerBound(index.hashes, hash);
    let to = from;
    while (index.hashes[to] === hash && to - from <= SHARING_MOST) to++;
    if (to - from > SHARING_MOST) continue;
    for (let at = from; at < to; at++) found.add(index.records[at] ?? 0);
  }
  const candidates = [...found].flatMap((number) => {
    const other = ready(JSON.parse(index.texts[number] ?? '{}'), scorer);
    return candidateOf(number, { asked, other, scorer });
  });
  return { candidates: found.size, outcome: decide(candidates, { decision: scorer.model.decision, ownSize: 1 }) };
}

type Pair = { readonly asked: Ready; readonly other: Ready; readonly scorer: Scorer };

function candidateOf(number: number, { asked, other, scorer }: Pair): readonly Candidate[] {
  const weight = score(asked, other, scorer);
  if (weight < scorer.model.decision.review) return [];
  return [
    {
      subject: String(number),
      // Records that agree on an identifier are taken as one person already.
      person: other.prepared.nhsNumbers[0] ?? String(number),
      personSize: 1,
      score: weight,
      vetoes: vetoesOf(asked, other),
      sharesIdentifier: shareIdentifier(asked, other),
      identifiers: independentIdentifiers(asked, other, scorer),
    },
  ];
}

function lowerBound(hashes: Uint32Array, wanted: number): number {
  let [low, high] = [0, hashes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
