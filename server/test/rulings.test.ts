// Rulings over the API: two persons where the policy asks, bound to what competes, and cases that wait and escalate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Books, CasePage, CaseSummary } from '../src/operate/types.ts';
import { vouch } from './cli-server.ts';
import { at, type House, withHouse } from './harness.ts';
import { patient } from './messages.ts';

const NUMBER = '9990000018';

async function says(house: House, source: string, more: object): Promise<string> {
  const given = source === 'app' ? 'Joanna' : 'Joan';
  const id = `${source}-1`;
  const body = patient(id, { nhs: NUMBER, family: 'Archer', given, born: '1946-04-09', more });
  const written = await house.fhir('PUT', `/Patient/${id}`, { source, body });
  assert.ok(written.status < 300, written.text);
  return String(at(written.json, 'id'));
}

/** A practice says dead, an app says alive. */
async function deathDisputed(house: House): Promise<{ readonly person: string; readonly found: CaseSummary }> {
  const person = await says(house, 'gp', { deceasedDateTime: '2025-12-20' });
  await says(house, 'app', { deceasedBoolean: false });
  return { person, found: await open(house) };
}

async function open(house: House): Promise<CaseSummary> {
  const [found, ...others] = (await house.cases()).filter((one) => one.kind === 'conflict');
  assert.deepEqual(others, []);
  return found ?? assert.fail('no conflict is open');
}

function post(house: House, where: string, body: object) {
  return house.http('POST', `/api/v1/cases/${where}`, { body, type: 'application/json' });
}

function saidBy({ competitors }: CaseSummary, source: string): number {
  return competitors.find((one) => one.source === source)?.statement ?? assert.fail(source);
}

async function state(house: House, person: string, element = 'deceased[x]'): Promise<unknown> {
  const answer = await house.fhir('GET', `/Patient/${person}/$explain?path=${encodeURIComponent(element)}`);
  return at(answer.json, 'state');
}

const stepsOf = (one: CaseSummary) => (one.steps ?? []).map(({ step }) => step);

test('a ruling that takes something away counts when another person approves it, and each step is a receipt', async () => {
  await withHouse(async (house) => {
    const { person, found } = await deathDisputed(house);
    const { id, competingSet } = found;
    const choose = {
      kind: 'choose',
      statement: saidBy(found, 'gp'),
      competingSet,
      reason: 'Certificate seen.',
      by: 'Dr May',
    };
    const proposed = await post(house, `${id}/rulings`, choose);
    assert.equal(proposed.status, 202, proposed.text);
    assert.equal(at(proposed.json, 'waitsForSecond'), true);
    const proposal = Number(at(proposed.json, 'receipt'));
    assert.equal(await state(house, person), 'conflicting', 'nothing is decided yet');
    const before = (await house.books()).index;

    const own = await post(house, `${id}/approve`, { proposal, reason: 'sure', by: ' dr  MAY ' });
    assert.deepEqual([own.status, at(own.json, 'title')], [409, 'ruling-approved-by-same-person']);
    const second = await post(house, `${id}/rulings`, { ...choose, by: 'Dr June' });
    assert.deepEqual([second.status, at(second.json, 'title')], [409, 'ruling-waits']);
    const declined = await post(house, `${id}/decline`, { proposal, reason: 'Of her sister.', by: 'Dr June' });
    assert.equal(declined.status, 201, declined.text);
    assert.equal((await open(house)).proposal, undefined);
    const late = await post(house, `${id}/approve`, { proposal, reason: 'sure', by: 'Dr June' });
    assert.deepEqual([late.status, at(late.json, 'title')], [409, 'ruling-answered']);

    const again = Number(at((await post(house, `${id}/rulings`, choose)).json, 'receipt'));
    const approved = await post(house, `${id}/approve`, { proposal: again, reason: 'It is hers.', by: 'Dr June' });
    assert.equal(approved.status, 201, approved.text);
    assert.equal(await state(house, person), 'known');
    const closed = (await house.http('GET', `/api/v1/cases/${id}`)).json as CaseSummary;
    assert.deepEqual([closed.state, ...stepsOf(closed)], ['closed', 'proposed', 'declined', 'proposed', 'approved']);
    for (const { receipt } of closed.steps ?? []) assert.equal((await house.receipt(receipt)).state, 'applied');
    const then = (await house.http('GET', `/api/v1/cases/${id}?asOf=${before}`)).json as CaseSummary;
    assert.deepEqual([then.state, then.proposal?.receipt], ['open', proposal], 'as it stood then');
  });
});

test('what competes changes before the second person answers: nothing is decided, and the case opens again with the reason', async () => {
  await withHouse(async (house) => {
    const { person, found } = await deathDisputed(house);
    const choose = {
      kind: 'choose',
      statement: saidBy(found, 'gp'),
      competingSet: found.competingSet,
      reason: 'Certificate seen.',
      by: 'Dr May',
    };
    const proposal = Number(at((await post(house, `${found.id}/rulings`, choose)).json, 'receipt'));
    await says(house, 'gp', { deceasedDateTime: '2025-12-24' });
    const late = await post(house, `${found.id}/approve`, { proposal, reason: 'It is hers.', by: 'Dr June' });
    assert.deepEqual([late.status, at(late.json, 'title')], [409, 'ruling-stale']);
    const now = await open(house);
    assert.notEqual(now.id, found.id);
    assert.equal(at(at(late.json, 'current'), 'competingSet'), now.competingSet, 'told what to look at');
    assert.deepEqual(stepsOf(now), ['reopened']);
    assert.match(now.steps?.[0]?.reason ?? '', /before a second person answered/);
    assert.equal(await state(house, person), 'conflicting');

    const stale = await house.rule({ ...choose, person, element: 'deceased[x]' });
    assert.deepEqual([stale.status, at(at(stale.json, 'current'), 'id')], [409, now.id]);
    const fresh = {
      ...choose,
      person,
      element: 'deceased[x]',
      statement: saidBy(now, 'gp'),
      competingSet: now.competingSet,
    };
    const ruled = await house.rule(fresh);
    assert.equal(ruled.status, 201, ruled.text);
    await says(house, 'gp', { deceasedDateTime: '2025-12-26' });
    const after = await open(house);
    assert.match(after.steps?.[0]?.reason ?? '', /after a person decided/);
  });
});

test('a statement of the wrong patient is taken back whole, and what cannot settle a case is refused with the reason', async () => {
  await withHouse(async (house) => {
    const { person, found } = await deathDisputed(house);
    const { id, competingSet } = found;
    const detailed = (await house.http('GET', `/api/v1/cases/${id}`)).json as CaseSummary;
    const [none] = detailed.conflict?.notPossible ?? [];
    assert.deepEqual([none?.decision, /dies once/.test(none?.words ?? '')], ['both-valid', true]);
    const both = await post(house, `${id}/rulings`, { kind: 'both-valid', competingSet, reason: 'both', by: 'Dr May' });
    assert.deepEqual([both.status, at(both.json, 'title')], [422, 'ruling-not-possible']);
    const link = await post(house, `${id}/rulings`, { kind: 'same', reason: 'both', by: 'Dr May' });
    assert.deepEqual([link.status, at(link.json, 'title')], [400, 'ruling-kind']);

    const stranger = {
      kind: 'wrong-patient',
      statement: saidBy(found, 'app'),
      reason: 'Her niece’s phone.',
      by: 'Dr May',
    };
    const ruled = await house.rule({ ...stranger, person, element: 'deceased[x]', competingSet });
    assert.equal(ruled.status, 201, ruled.text);
    assert.equal(await state(house, person), 'known');
    const served = await house.fhir('GET', `/Patient/${person}`);
    assert.ok(!served.text.includes('Joanna'), 'the name that came with it is taken back as well');
    const why = await house.fhir('GET', `/Patient/${person}/$explain?path=name`);
    assert.match(String(at(why.json, 'text')), /decided that it is about somebody else/);
  });
});

test('a source is asked: the case stays in conflict, and escalates by the clock alone', async () => {
  await withHouse(async (house) => {
    const { person, found } = await deathDisputed(house);
    const ask = { kind: 'ask-source', competingSet: found.competingSet, reason: 'Unclear.', by: 'Dr May' };
    const nobody = await post(house, `${found.id}/rulings`, ask);
    assert.equal(at(nobody.json, 'title'), 'ruling-whom');
    const until = '2026-03-02T10:00:00.000Z';
    const asked = await post(house, `${found.id}/rulings`, { ...ask, whom: 'the practice', until });
    assert.equal(asked.status, 201, asked.text);
    assert.equal(await state(house, person), 'conflicting');
    const waiting = await open(house);
    assert.deepEqual(
      [waiting.waits?.step, waiting.waits?.until, waiting.overdue, waiting.priority],
      ['asked', until, false, 'urgent'],
    );
    const overdue = async () => (await house.http('GET', '/api/v1/cases?overdue=true')).json as CasePage;
    assert.deepEqual((await overdue()).cases, []);
    const size = (await house.books()).index;

    house.clock.set('2026-03-02T10:00:01Z');
    const [late] = (await overdue()).cases;
    assert.deepEqual([late?.id, late?.age, late?.priority], [found.id, 'overdue', 'immediate']);
    const books = (await house.http('GET', '/api/v1/books')).json as Books;
    assert.deepEqual(books.cases, { open: { conflict: 1 }, overdue: { conflict: 1 } });
    assert.match((await house.http('GET', '/api/v1/health')).text, /1 open, 1 overdue/);
    const then = (await house.http('GET', `/api/v1/cases?overdue=true&asOf=${size}`)).json as CasePage;
    assert.deepEqual(then.cases, [], 'as of then nothing was late');
    const listed = await vouch(['cases', '--overdue'], { VOUCH_SERVER: house.running.addresses.http });
    assert.match(listed.out, /1 overdue case\n[\s\S]*OVERDUE: decide by[\s\S]*Dr May asked the practice/);
    house.clock.set('2026-03-04T12:00:00Z');
    assert.equal((await open(house)).age, 'long-overdue');
  });
});
