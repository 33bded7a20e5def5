// Every command of an operator against one real server: what it shows, its JSON, its exit codes, and each refusal.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { person, type TestServer, vouch, withServer } from './cli-server.ts';

const NHS_NUMBER = '9997529987';
const PATIENT_WORDS = /Rowntree|Johanna|9997529987|1996|penicillin/i;

type Receipts = { readonly [name: string]: number };

/** A morning in small: two sources disagree about an allergy, one record nearly matches, and some receipts need a person. */
async function feed({ deliver }: TestServer): Promise<Receipts> {
  const none = person({ id: 'P1', nhsNumber: NHS_NUMBER, allergy: '716186003^No known allergy^SCT' });
  return {
    pas: await deliver('pas', none, 'first'),
    again: await deliver('pas', none, 'first'),
    clinic: await deliver(
      'clinic',
      person({ id: 'K7', nhsNumber: NHS_NUMBER, allergy: '91936005^Allergy to penicillin^SCT' }),
    ),
    app: await deliver('app', person({ id: 'A3', nhsNumber: NHS_NUMBER, birthDate: '19690923' })),
    noPatient: await deliver('pas', person({ id: 'P9' }).replace(/PID.*\r/, '')),
    refused: await deliver('pas', person({ id: 'P9', type: 'SIU^S12' })),
    escape: await deliver('pas', person({ id: 'P8', family: 'Smith\u001b[31m' })),
    conflict: await deliver('pas', person({ id: 'P1', family: 'Rowntree-Ash' }), 'first'),
    behind: await deliver('pas', person({ id: 'P1', family: 'Rowntree-Oak' })),
  };
}

async function personOf({ url }: TestServer, receipt: number): Promise<string> {
  const journey = (await (await fetch(`${url}/api/v1/receipts/${receipt}`)).json()) as {
    effects: readonly { kind: string; target: string }[];
  };
  const patient = journey.effects.find((one) => one.kind === 'statement' && one.target.startsWith('Patient/'));
  return patient?.target.slice('Patient/'.length) ?? assert.fail('no patient');
}

type Case = { id: string; kind: string; receipt?: number; competitors: { statement: number; source: string }[] };

async function casesOf({ ask }: TestServer, ...more: string[]): Promise<readonly Case[]> {
  return JSON.parse((await ask('cases', '--json', ...more)).out).cases;
}

const WHO = ['--reason', 'rang the practice', '--by', 'Dr Duty'];

test('the commands of an operator, on a real server', async (t) => {
  await withServer(async (server) => {
    const receipts = await feed(server);
    const patient = await personOf(server, receipts['pas'] ?? 0);
    await t.test('books', () => booksAreShown(server));
    await t.test('receipts', () => receiptsAreListed(server, receipts));
    await t.test('receipt', () => oneReceiptIsShown(server, receipts));
    await t.test('explain', () => elementsAreExplained(server, { patient, receipts }));
    await t.test('cases and rulings on conflicts', () => conflictsAreRuledOn(server, { patient, receipts }));
    await t.test('rulings on what nobody disagrees about', () => strayRulingsAreTold(server, patient));
    await t.test('rulings on records', () => recordsAreRuledOn(server));
    await t.test('rulings on receipts', () => receiptsAreRuledOn(server, receipts));
    await t.test('evidence and verify', () => evidenceIsKept(server, patient));
    await t.test('doctor', () => doctorFindsNothing(server));
  });
});

async function booksAreShown({ ask, url }: TestServer): Promise<void> {
  const books = await ask('books');
  assert.equal(books.code, 0, books.err);
  assert.match(books.out, /^9 receipts = 0 received \+ 1 waiting \+ 2 quarantined .* 1 duplicate .* 1 rejected$/m);
  assert.match(books.out, /Residual 0: every receipt is in exactly one state/);
  assert.match(books.out, /^quarantined +2 +\d+ +\d+ s +vouch receipts --state quarantined$/m);
  assert.match(books.out, /^clinic +1 .* 2026-|^clinic +1 /m);
  const answer = JSON.parse((await ask('books', '--json')).out);
  assert.equal(answer.total.received, 9);
  assert.deepEqual(answer, { ...JSON.parse(await (await fetch(`${url}/api/v1/books`)).text()), at: answer.at });
  const watched = await ask('books', '--watch', '--every', '1', '--times', '2', '--json');
  assert.equal(watched.out.trim().split('\n').length, 2);
}

async function receiptsAreListed({ ask }: TestServer, receipts: Receipts): Promise<void> {
  const listed = await ask('receipts', '--limit', '2');
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, new RegExp(`^ *${receipts['behind']} .* waiting for ${receipts['conflict']} `, 'm'));
  assert.match(listed.out, new RegExp(`More: vouch receipts --limit 2 --before ${receipts['conflict']}$`, 'm'));
  const older = await ask('receipts', '--before', String(receipts['clinic']), '--json');
  assert.deepEqual(
    JSON.parse(older.out).receipts.map((one: { state: string }) => one.state),
    ['duplicate', 'applied'],
  );
  const refused = await ask('receipts', '--state', 'rejected', '--source', 'pas');
  assert.match(refused.out, /message-type-not-supported: /);
  assert.equal(refused.out.trim().split('\n').length, 2);
  assert.match((await ask('receipts', '--source', 'nobody')).out, /No receipt is like that/);
}

async function oneReceiptIsShown({ ask, data }: TestServer, receipts: Receipts): Promise<void> {
  const shown = await ask('receipt', String(receipts['noPatient']));
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /^ +quarantined +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +\+\d+ ms$/m);
  assert.match(shown.out, /\[patient-missing at PID/);
  assert.match(shown.out, new RegExp(`vouch rule retry --receipt ${receipts['noPatient']} `));
  const quiet = await ask('receipt', String(receipts['pas']));
  assert.match(quiet.out, /\d+ populated = \d+ mapped \+ \d+ ignored by rule \+ \d+ unmapped/);
  assert.match(quiet.out, /^ +statement +\d+\.0 +Patient\/\w+ +said at \S+, leaf \d+$/m);
  assert.doesNotMatch(quiet.out, PATIENT_WORDS, 'what a patient is called is shown only when asked for');
  const mapped = await ask('receipt', String(receipts['pas']), '--mapped');
  assert.match(mapped.out, /^ +PID-7 +bytes \d+ to \d+ +→ Patient\.birthDate$/m);
  const raw = await ask('receipt', String(receipts['escape']), '--raw');
  assert.match(raw.out, /Message \(us-ascii\)/);
  assert.match(raw.out, /Smith␛\[31m\^Johanna.*␍$/m);
  assert.ok(!raw.out.includes('\u001b'), 'a message cannot write to the terminal');
  const file = path.join(data, 'saved');
  assert.equal((await ask('receipt', String(receipts['escape']), '--save', file)).code, 0);
  assert.equal(readFileSync(file, 'utf8'), person({ id: 'P8', family: 'Smith\u001b[31m' }));
  const again = await ask('receipt', String(receipts['escape']), '--save', file);
  assert.equal(again.code, 1);
  assert.match(again.err, /is there already.*\[file-exists\]/);
  const nobody = await ask('receipt', '999999');
  assert.deepEqual([nobody.code, nobody.out], [1, '']);
  assert.match(nobody.err, /^vouch receipt: There is no receipt "999999"\. \[receipt-not-found\]$/m);
  assert.equal(JSON.parse((await ask('receipt', String(receipts['refused']), '--json')).out).state, 'rejected');
}

type About = { readonly patient: string; readonly receipts: Receipts };

async function elementsAreExplained({ ask }: TestServer, { patient, receipts }: About): Promise<void> {
  const now = await ask('explain', `Patient/${patient}`, 'birthDate');
  assert.equal(now.code, 0, now.err);
  assert.match(now.out, /Date of birth: known\.[\s\S]*23 September 1996/);
  assert.match(now.out, new RegExp(`^${receipts['pas']}\\.0 +pas +2026-03-02`, 'm'));
  const before = await ask('explain', patient, 'AllergyIntolerance', '--as-of', String(receipts['clinic']));
  assert.match(before.out, /Allergies: known\./);
  assert.match(before.out, new RegExp(`As of ledger size ${receipts['clinic']},`));
  const after = await ask('explain', patient, 'AllergyIntolerance');
  assert.match(after.out, /A person has to decide: vouch cases/);
  assert.equal(JSON.parse((await ask('explain', patient, 'birthDate', '--json')).out).state, 'known');
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [[patient, 'birthdate'], /birthDate.*\[explain-path\]/],
    [['nobody', 'birthDate'], /There is no Patient.*\[not-found\]/],
    [[patient, 'birthDate', '--as-of', '999999'], /cannot be beyond that.*\[as-of-future\]/],
    [[patient, 'birthDate', '--as-of', 'noon'], /\[as-of-value\]/],
  ];
  for (const [args, expected] of refusals) {
    const { code, err } = await ask('explain', ...args);
    assert.equal(code, 1);
    assert.match(err, expected);
    assert.doesNotMatch(err, PATIENT_WORDS);
  }
}

async function conflictsAreRuledOn(server: TestServer, { patient, receipts }: About): Promise<void> {
  const { ask } = server;
  const listed = await ask('cases');
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /Sources disagree about AllergyIntolerance/);
  assert.match(
    listed.out,
    new RegExp(`${receipts['clinic']}\\.\\d+ +clinic +2026-03-02 07:32:00Z +Allergy to penicillin`),
  );
  const conflict = (await casesOf(server)).find((one) => one.kind === 'conflict') ?? assert.fail('no conflict');
  const of = ['--case', conflict.id];
  const stray = await ask('rule', 'choose', ...of, '--statement', '1.0', ...WHO);
  assert.equal(stray.code, 2);
  assert.match(stray.err, /Statement 1\.0 does not compete in case/);
  const other = await ask('rule', 'retry', ...of, ...WHO);
  assert.equal(other.code, 2);
  assert.match(
    other.err,
    /is of the kind conflict: on that you rule choose, choose-none, both-valid, wrong-patient, ask-source, approve, decline\./,
  );
  const element = ['--person', patient, '--element', 'AllergyIntolerance'];
  const stale = await ask('rule', 'both-valid', ...element, '--competing-set', 'of yesterday', ...WHO);
  assert.equal(stale.code, 1);
  assert.match(stale.err, /changed since you saw the case.*\[ruling-stale\]/);
  const clinic = conflict.competitors.find((one) => one.source === 'clinic')?.statement ?? assert.fail();
  const shown = new RegExp(`(${receipts['clinic']}\\.\\d+) +clinic`).exec(listed.out)?.[1] ?? assert.fail();
  const whom = ['--whom', 'the clinic', '--until', '2026-03-02T12:00:00Z'];
  const asked = await ask('rule', 'ask-source', ...of, ...whom, ...WHO);
  assert.deepEqual([asked.code, /The case stays open/.test(asked.out)], [0, true], asked.err);
  const proposed = await ask('rule', 'choose', ...of, '--statement', shown, ...WHO);
  assert.equal(proposed.code, 1, 'nothing is decided yet');
  assert.match(proposed.out, /changes nothing yet.*\n?.*vouch rule approve --case/);
  const own = await ask('rule', 'approve', ...of, ...WHO);
  assert.equal(own.code, 1);
  assert.match(own.err, /another person has to approve it.*\[ruling-approved-by-same-person\]/);
  const ruled = await ask('rule', 'approve', ...of, '--reason', 'I asked too', '--by', 'A. Second');
  assert.equal(ruled.code, 0, ruled.err);
  assert.match(ruled.out, /recorded and applied, as receipt \d+\.\nAllergies: known\. See: vouch explain/);
  const explained = JSON.parse((await ask('explain', patient, 'AllergyIntolerance', '--json')).out);
  assert.deepEqual(
    [explained.rule, explained.said.map((one: { statement: number }) => one.statement)],
    ['ruling', [clinic]],
  );
  const late = await ask('rule', 'choose-none', ...of, ...WHO);
  assert.equal(late.code, 1);
  assert.match(late.err, /is closed.*\[case-closed\]/);
  assert.match((await ask('cases', '--closed')).out, new RegExp(`${conflict.id} +conflict`));
  const unknown = await ask('rule', 'reject', '--case', 'nothing', ...WHO);
  assert.deepEqual([unknown.code, /\[case-not-found\]/.test(unknown.err)], [1, true]);
}

async function strayRulingsAreTold({ ask }: TestServer, patient: string): Promise<void> {
  const stray = ['choose-none', '--person', patient, '--competing-set', 'of nothing', ...WHO];
  const quiet = await ask('rule', ...stray, '--element', 'birthDate');
  assert.equal(quiet.code, 1);
  assert.match(`${quiet.out}${quiet.err}`, /not this ruling|\[ruling-/);
  const unknown = await ask('rule', ...stray, '--element', 'shoeSize');
  assert.equal(unknown.code, 1);
  assert.match(`${unknown.out}${unknown.err}`, /cannot be shown: There is no such element|\[ruling-/);
}

async function recordsAreRuledOn(server: TestServer): Promise<void> {
  const { ask } = server;
  const possible = (await casesOf(server)).find((one) => one.kind === 'possible-link') ?? assert.fail('no near miss');
  const told = await ask('cases', '--kind', 'possible-link');
  assert.match(told.out, /same: two people; not-same: two people\. A second person has to agree\.[\s\S]*allergy/);
  const unsure = await ask('rule', 'cannot-tell', '--case', possible.id, ...WHO);
  assert.deepEqual([unsure.code, (await casesOf(server)).some((one) => one.id === possible.id)], [0, true], unsure.err);
  const proposed = await ask('rule', 'not-same', '--case', possible.id, ...WHO, '--json');
  assert.equal(JSON.parse(proposed.out).waitsForSecond, true, 'as the case had told');
  const second = ['--reason', 'two people', '--by', 'A. Second', '--json'];
  const ruled = await ask('rule', 'approve', '--case', possible.id, ...second);
  assert.equal(ruled.code, 0, ruled.err);
  assert.equal(JSON.parse(ruled.out).state, 'applied');
  assert.ok(!(await casesOf(server)).some((one) => one.id === possible.id));
  const strangers = await ask('rule', 'same', '--a', 'pas=no such key', '--b', 'Patient/nobody', ...WHO);
  assert.equal(strangers.code, 1);
  assert.match(strangers.err, /\[ruling-subject-unknown\]/);
}

async function receiptsAreRuledOn(server: TestServer, receipts: Receipts): Promise<void> {
  const { ask } = server;
  const retried = await ask('rule', 'retry', '--receipt', String(receipts['noPatient']), ...WHO);
  assert.equal(retried.code, 1);
  assert.match(retried.out, new RegExp(`Receipt ${receipts['noPatient']} is still quarantined\\.\n.*PID`));
  const waits = (await casesOf(server)).find((one) => one.receipt === receipts['conflict']) ?? assert.fail();
  const rejected = await ask('rule', 'reject', '--case', waits.id, ...WHO, '--json');
  assert.equal(rejected.code, 0, rejected.err);
  assert.equal(JSON.parse(rejected.out).target.state, 'rejected');
  await server.running.pipeline.idle();
  assert.match((await ask('receipt', String(receipts['behind']))).out, /state +applied/);
  const twice = await ask('rule', 'reject', '--receipt', String(receipts['conflict']), ...WHO);
  assert.equal(twice.code, 1);
  assert.match(twice.err, /is rejected; only a quarantined or held one.*\[ruling-receipt-state\]/);
  assert.equal((await ask('rule', 'retry', '--receipt', '999999', ...WHO)).code, 1);
  const short = await ask('rule', 'reject', '--receipt', String(receipts['noPatient']), '--reason', 'x', '--by', 'me');
  assert.match(short.err, /--reason takes at least 3 characters/);
}

async function evidenceIsKept({ ask, data, url }: TestServer, patient: string): Promise<void> {
  const file = path.join(data, 'evidence.json');
  const saved = await ask('evidence', patient, 'birthDate', '--out', file);
  assert.equal(saved.code, 0, saved.err);
  const key = /--key (\S+)/.exec(saved.out)?.[1] ?? assert.fail();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const offline = await vouch(['verify', file, '--key', key]);
  assert.deepEqual([offline.code, /Verified\.\n$/.test(offline.out)], [0, true]);
  const other = key.slice(0, -4).concat('AAA=');
  assert.notEqual((await vouch(['verify', file, '--key', other])).code, 0);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"earlier":null', '"earlier":nuIl'));
  const forged = await vouch(['verify', file, '--key', key]);
  assert.equal(forged.code, 1);
  assert.match(forged.out, /NOT VERIFIED/);
  assert.match((await ask('evidence', patient, 'birthDate', '--out', file)).err, /\[file-exists\]/);
  const nowhere = await ask('evidence', patient, 'birthDate', '--out', path.join(data, 'no', 'where'));
  assert.deepEqual([nowhere.code, /cannot be written \(ENOENT\)/.test(nowhere.err)], [1, true]);
  const ledger = await ask('verify', '--server');
  assert.equal(ledger.code, 0, ledger.err);
  assert.match(ledger.out, new RegExp(`^${url}/api/v1/ledger/export\n[\\s\\S]*Verified`));
  const kept = path.join(data, 'checkpoint');
  writeFileSync(kept, await (await fetch(`${url}/api/v1/ledger/checkpoint`)).text());
  const both = await ask(
    ...['verify', '--server', url, '--patient', patient, '--path', 'birthDate'],
    ...['--key', key, '--checkpoint', kept, '--json'],
  );
  const result = JSON.parse(both.out);
  assert.deepEqual([both.code, result.ledger.ok, result.evidence.ok, result.ledger.limits], [0, true, true, []]);
  assert.equal((await ask('verify', '--server', '--patient', 'nobody', '--path', 'birthDate')).code, 1);
}

async function doctorFindsNothing({ ask, data, running }: TestServer): Promise<void> {
  const mllp = running.addresses.mllp[0]?.split('=')[0] ?? assert.fail();
  const well = await ask('doctor', '--data', data, '--mllp', mllp, '--disk-min', '1');
  assert.equal(well.code, 0, well.out);
  assert.match(well.out, /ok +ledger key published: is that of the data directory/);
  assert.match(well.out, /ok +ledger: the checkpoint of \d+ entries verifies/);
  assert.match(well.out, /ok +listener 127\.0\.0\.1:\d+: takes connections/);
  assert.match(well.out, /Nothing is wrong\.\n$/);
  const cramped = await ask('doctor', '--data', data, '--disk-min', '9999999', '--json');
  const { ok, checks } = JSON.parse(cramped.out);
  assert.deepEqual([cramped.code, ok], [1, false]);
  assert.deepEqual(
    checks.filter((one: { verdict: string }) => one.verdict === 'problem').map((one: { name: string }) => one.name),
    ['disk space'],
  );
}
