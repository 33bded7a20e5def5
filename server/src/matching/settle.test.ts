// Scored links settle to the same persons whatever came first: records, what is decided about them, and records that change.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { LinkId, ReceiptId, SubjectId } from '../base/ids.ts';
import {
  blockingKeys,
  blocksFor,
  cluster,
  components,
  type Link,
  type LinkageRecord,
  type Ready,
  readModel,
  ready,
  score,
  scoreAll,
  scorerOf,
} from '../identity/index.ts';
import { recordWith } from '../identity/linking/record.testkit.ts';
import { type Ask, componentOf } from './component.ts';
import { settle } from './settle.ts';

const scorer = scorerOf(
  readModel(readFileSync(new URL('../../../policies/identity/uk-default.v1.json', import.meta.url), 'utf8')),
);
/** For each property; VOUCH_RUNS asks for more. */
const RUNS = Number(process.env['VOUCH_RUNS'] ?? 1000);
const { review, link: linkAt } = scorer.model.decision;
type Arrival =
  | { readonly what: 'record'; readonly subject: SubjectId; readonly record: LinkageRecord }
  | { readonly what: 'link'; readonly a: SubjectId; readonly b: SubjectId; readonly kind: Link['kind'] };

const idOf = (number: number) => `s${String(number).padStart(2, '0')}` as SubjectId;
const some = (...values: readonly string[]) => fc.constantFrom(...values);
const anyOfFamily: fc.Arbitrary<LinkageRecord> = fc
  .record({
    given: some('Anna', 'Annabel', 'Hannah', 'Peter', 'Pete'),
    family: some('Featherstone', 'Featherston', 'Quill'),
    birthDate: some('1961-07-19', '1961-07-09', '1961-09-07', '1988-02-03'),
    postcode: some('ZZ99 3WZ', 'ZZ99 3CZ', ''),
    phone: some('01632960143', '01632960144', ''),
    email: some('anna@example.org', ''),
  })
  .map(({ given, postcode, phone, email, ...said }) =>
    recordWith({
      ...said,
      given: [given],
      postcode: postcode === '' ? undefined : postcode,
      phones: phone === '' ? [] : [phone],
      emails: email === '' ? [] : [email],
    }),
  );

/** A store in memory: records and links, whoever shares a key, and what the pipeline makes of proposals. */
class Store {
  readonly records = new Map<SubjectId, Ready>();
  readonly links: Link[] = [];

  async take(arrival: Arrival): Promise<void> {
    if (arrival.what === 'link') {
      this.append(arrival, 'ruling');
      return this.settle([arrival.a, arrival.b]);
    }
    const before = this.records.get(arrival.subject);
    const strong = before === undefined ? [] : this.near(arrival.subject, before).filter((one) => one.score >= linkAt);
    this.records.set(arrival.subject, ready(arrival.record, scorer));
    return this.settle([arrival.subject, ...strong.map(({ subject }) => subject)]);
  }

  persons(): readonly string[] {
    const seen = [...this.records.keys()].map((id) => ({ id, firstSeen: 0 }));
    return components(seen, this.links)
      .map(({ subjects }) => [...subjects].sort().join(' '))
      .sort();
  }

  private async settle(subjects: readonly SubjectId[]): Promise<void> {
    const ask: Ask = {
      record: async (subject) => this.records.get(subject),
      near: async (subject, record) => this.near(subject, record),
      fellows: async (subject) => this.fellows(subject),
      links: async (all) => this.links.filter(({ a, b }) => all.includes(a) || all.includes(b)),
    };
    for (const subject of subjects) {
      const settled = settle(await componentOf(subject, ask, linkAt), scorer);
      for (const { a, b } of settled.withdraw) this.append({ a, b, kind: 'not-same' }, 'scored');
      for (const { a, b } of settled.link) this.append({ a, b, kind: 'same' }, 'scored');
    }
  }

  private append({ a, b, kind }: Pick<Link, 'a' | 'b' | 'kind'>, rule: Link['rule']): void {
    const id = this.links.length as LinkId;
    this.links.push({ id, a, b, kind, rule, retired: undefined, receipt: id as number as ReceiptId, because: [] });
  }

  private fellows(subject: SubjectId): readonly SubjectId[] {
    const seen = [...this.records.keys()].map((id) => ({ id, firstSeen: 0 }));
    return components(seen, this.links).find(({ subjects }) => subjects.includes(subject))?.subjects ?? [subject];
  }

  private near(subject: SubjectId, record: Ready) {
    const keys = new Set(blockingKeys(record.prepared));
    return [...this.records]
      .filter(([id, other]) => id !== subject && blockingKeys(other.prepared).some((key) => keys.has(key)))
      .map(([id, other]) => {
        const person = this.fellows(id)[0] ?? id;
        return { subject: id, person, score: score(record, other, scorer), ready: other };
      })
      .filter((one) => one.score >= review);
  }
}

async function personsAfter(arrivals: readonly Arrival[]): Promise<readonly string[]> {
  const store = new Store();
  for (const arrival of arrivals) await store.take(arrival);
  return store.persons();
}

const records = fc
  .array(anyOfFamily, { minLength: 2, maxLength: 9 })
  .map((all) => all.map((record, at): Arrival => ({ what: 'record', subject: idOf(at), record })));

/** All records at once, by the rule that is measured on whole sets. */
function personsAnew(all: readonly Arrival[]): readonly string[] {
  const said = all.flatMap((one) => (one.what === 'record' ? [one] : []));
  const made = said.map(({ record }) => ready(record, scorer));
  const edges = scoreAll(blocksFor(made), made, { scorer, wanted: () => true }).edges;
  const { personOf } = cluster(made, edges, { scorer });
  return [...Map.groupBy(said.keys(), (at) => personOf[at]).values()]
    .map((members) => members.map((at) => said[at]?.subject ?? '').join(' '))
    .sort();
}

suite('scored links', () => {
  test('give the persons that all records give when they are linked at once', async () => {
    let joined = 0;
    await fc.assert(
      fc.asyncProperty(records, async (all) => {
        const persons = await personsAfter(all);
        if (persons.length < all.length) joined += 1;
        assert.deepEqual(persons, personsAnew(all));
      }),
      { numRuns: RUNS },
    );
    assert.ok(joined > 0.3 * RUNS, `${joined} of the sets held somebody twice`);
  });

  test('give the same persons in any order of arrival', async () => {
    let joined = 0;
    const orders = records.chain((all) => fc.tuple(fc.constant(all), shuffled(all)));
    await fc.assert(
      fc.asyncProperty(orders, async ([all, other]) => {
        const persons = await personsAfter(all);
        if (persons.length < all.length) joined += 1;
        assert.deepEqual(await personsAfter(other), persons);
      }),
      { numRuns: RUNS },
    );
    assert.ok(joined > 0.3 * RUNS, `${joined} of the sets held somebody twice`);
  });

  test('give the same persons whether a person decided about two of them early or late', async () => {
    const orders = fc
      .tuple(records, fc.boolean())
      .map(([all, same]): readonly Arrival[] => [
        ...all,
        { what: 'link', a: idOf(0), b: idOf(1), kind: same ? 'same' : 'not-same' },
      ])
      .chain((all) => fc.tuple(fc.constant(all), shuffled(all)));
    await fc.assert(
      fc.asyncProperty(orders, async ([all, other]) => {
        assert.deepEqual(await personsAfter(other), await personsAfter(all));
      }),
      { numRuns: RUNS },
    );
  });

  test('are those of what a record says now, whatever it said before', async () => {
    const changes = fc.tuple(records, fc.array(fc.tuple(fc.nat(8), anyOfFamily), { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(changes, async ([all, early]) => {
        const before = early.map(
          ([at, record]): Arrival => ({ what: 'record', subject: idOf(at % all.length), record }),
        );
        assert.deepEqual(await personsAfter([...before, ...all]), await personsAfter(all));
      }),
      { numRuns: RUNS },
    );
  });
});

function shuffled<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
}
