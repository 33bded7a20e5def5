// vouch rebuild on a real database: what it computes is what is served, to the byte, and what is not is found and set right.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../src/base/db.ts';
import { demoConfig } from '../src/cli/start/demo-doors.ts';
import { playMorning } from '../src/cli/start/play-morning.ts';
import { generateMorning } from '../src/testkit/morning/index.ts';
import { at, configOf, type House, withHouse } from './harness.ts';
import { annabel } from './messages.ts';
import { derived, playDay, rebuilt } from './rebuild-day.ts';

suite('vouch rebuild', () => {
  test('computes the messy morning again to the same bytes, and leaves nothing behind', async () => {
    await withHouse(
      async (house) => {
        await playMorning(house.running, generateMorning({ seed: 7, people: 64 }), {
          setClock: house.clock.set,
          progress: () => undefined,
          stopped: () => false,
        });
        await house.idle();
        const before = await derived(house);
        const found = await rebuilt(house);
        assert.deepEqual(found.compared?.differences, []);
        assert.equal(found.outcome, 'same');
        assert.ok((found.compared?.rows['version'] ?? 0) > 500, 'there was something to compute');
        assert.deepEqual(await derived(house), before);
        const left = await house.running.db.query(`select 1 from pg_namespace where nspname = 'vouch_rebuild'`);
        assert.equal(left.rowCount, 0);
      },
      { config: (data: string) => demoConfig(data, 0), seed: '7', at: '2026-03-02T00:00:00Z' },
    );
  });

  test('computes merges, their undoing, rulings, repairs, deletes and a policy that came and went, from nothing that is derived', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const before = await derived(house);
      const whole = await rebuilt(house, { check: true });
      assert.deepEqual(whole.compared?.differences, []);
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      await owner.query('alter table case_file disable trigger keep_history');
      await owner.query(
        `truncate subject, subject_lookup, person_truth, resource, version, case_file, search_string, search_date, search_number, search_quantity,
           search_reference, search_reference_past, search_part, search_contained, search_text, search_word`,
      );
      await owner.query('alter table case_file enable trigger keep_history');
      await owner.close();
      const found = await rebuilt(house);
      assert.equal(found.outcome, 'mended');
      const after = await derived(house);
      for (const table of Object.keys(before)) assert.deepEqual(after[table], before[table], table);
      assert.equal((await rebuilt(house, { check: true })).outcome, 'same');
      const served = await house.fhir('GET', '/Patient/gp-1', { source: 'gp' });
      assert.equal(at(served.json, 'id'), 'gp-1', served.text);
      await untilFound(house, '/Condition?onset-text=asthma');
    });
  });

  test('finds whatever was changed behind the back of the server, names it without its content, and sets it right', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const before = await derived(house);
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      await owner.query('alter table case_file disable trigger keep_history');
      const changed: { readonly [table: string]: string } = {
        subject: `update subject set retired = not retired where id = (select min(id) from subject)`,
        subject_lookup: `delete from subject_lookup where (subject, key) = (select min(subject), min(key) from subject_lookup where subject = (select min(subject) from subject_lookup))`,
        person_truth: `update person_truth set verdicts = verdicts - 'birthDate' where person = 'gp-1'`,
        resource: `update resource set view = replace(view, 'Asthma', 'Asthna') where id = 'c1'`,
        version: `update version set text = replace(text, 'Asthma', 'Asthna') where id = 'c1' and version = 1`,
        case_file: `update case_file set state = 'open' where id = (select min(id) from case_file where state = 'closed')`,
        search_string: `update search_string set value = 'brock' where ctid = (select min(ctid) from search_string where value = 'brook')`,
        search_date: `delete from search_date where ctid = (select min(ctid) from search_date)`,
        search_reference: `insert into search_reference (key, param, target) select key, 1, 'Patient/nobody' from resource where id = 'c1'`,
        search_text: `update search_text set content = to_tsvector('simple', 'flu') where key = (select key from resource where id = 'c1')`,
        search_reference_past: `delete from search_reference_past`,
      };
      await owner.query(`update resource set view = (select b.view from resource b where b.id = 'c2') where id = 'c1'`);
      await settledWords(house);
      for (const [table, statement] of Object.entries(changed)) {
        const { rowCount } = await owner.query(statement);
        assert.ok(rowCount > 0, table);
      }
      await owner.query('alter table case_file enable trigger keep_history');
      await owner.close();
      const found = await rebuilt(house, { check: true });
      assert.equal(found.outcome, 'different');
      assert.deepEqual(Object.keys(found.compared?.differing ?? {}).sort(), Object.keys(changed).sort());
      assert.doesNotMatch(JSON.stringify(found), /Asth|brock|nobody|9990000018/);
      assert.notDeepEqual(await derived(house), before, 'checking changes nothing');
      assert.equal((await rebuilt(house)).outcome, 'mended');
      assert.deepEqual(await derived(house), before);
      assert.equal((await rebuilt(house, { check: true })).outcome, 'same');
    });
  });

  for (const matching of ['review', 'automatic'] as const)
    test(`computes again what scored matching proposed (${matching})`, async () => {
      await withHouse(
        async (house) => {
          const nearly = annabel({ name: [{ family: 'Featherstonhaugh', given: ['Anabel'] }] });
          for (const [source, body] of [
            ['gp', annabel()],
            ['app', nearly],
          ] as const)
            await house.fhir('PUT', `/Patient/${source}-1`, { source, body: { ...body, id: `${source}-1` } });
          // A question waits until everybody has been compared.
          await house.fhir('POST', '/Patient/$match', { source: 'gp', body: annabel() });
          await house.idle();
          const found = await rebuilt(house, { check: true });
          assert.deepEqual(found.compared?.differences, []);
          const links = await house.running.db.query("select 1 from link where rule = 'scored'");
          assert.deepEqual(
            [links.rowCount, found.compared?.rows['case_file']],
            matching === 'automatic' ? [1, 0] : [0, 1],
          );
        },
        { config: { ...configOf(), matching } },
      );
    });

  test('takes links as they were appended, whatever the rules of today would decide', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      await owner.query('alter table link disable trigger append_only');
      const { rows } = await owner.query<{ a: string; b: string }>(
        `update link set kind = 'not-same', retired = null where id = (select max(id) from link where rule like 'verified%') returning a, b`,
      );
      await owner.query('alter table link enable trigger append_only');
      await owner.close();
      const found = await rebuilt(house, { check: true });
      const subjects = found.compared?.differences.filter((one) => one.table === 'subject') ?? [];
      assert.deepEqual([subjects.length, subjects[0]?.columns], [1, ['person']]);
      assert.ok([rows[0]?.a, rows[0]?.b].includes(subjects[0]?.key));
    });
  });

  test('goes on where it was stopped, after every commit of it', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      let begun = 0;
      for (const stopAt of [1, 7, 20, 33]) {
        const stopping = new AbortController();
        const stopped = await rebuilt(house, {
          signal: stopping.signal,
          onProgress: (done) => done >= stopAt && stopping.abort(),
        });
        assert.equal(stopped.outcome, 'stopped');
        assert.equal(stopped.resumed, begun > 0);
        assert.ok(stopped.done > begun || stopAt === 1, `${stopped.done} after ${begun}`);
        begun = stopped.done;
      }
      const first: number[] = [];
      const found = await rebuilt(house, { onProgress: (done) => first.push(done) });
      assert.deepEqual([found.outcome, found.resumed, first[0]], ['same', true, begun]);
    });
  });

  test('takes in what is written while it runs, also while it sets things right', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      await owner.query(`update version set text = replace(text, 'Asthma', 'Asthna') where id = 'c1'`);
      await owner.query('delete from person_truth');
      await owner.close();
      const ending = new AbortController();
      let written = 0;
      const writer = async (source: string) => {
        while (!ending.signal.aborted) {
          const body = {
            resourceType: 'Condition',
            id: `w-${source}`,
            subject: { reference: 'Patient/gp-1' },
            code: { text: `${written}` },
          };
          const answer = await house.fhir('PUT', `/Condition/w-${source}`, { source, body });
          assert.ok(answer.status < 300, answer.text);
          written += 1;
        }
      };
      const writers = Promise.all([...['gp', 'app', 'one', 'two', 'three', 'four'].map(writer)]);
      const found = await rebuilt(house);
      const during = written;
      ending.abort();
      await writers;
      assert.equal(found.outcome, 'mended');
      assert.ok(during > 5, `${during} were written meanwhile`);
      await house.idle();
      const after = await rebuilt(house, { check: true });
      assert.deepEqual(after.compared?.differences, []);
    });
  });
});

/** Words are gathered behind the commits: what is not there yet cannot be changed. */
async function settledWords(house: House): Promise<void> {
  for (;;) {
    const { rows } = await house.running.db.query<{ behind: boolean }>(
      'select (select max(index) from version) > (select followed from search_progress) as behind',
    );
    if (rows[0]?.behind !== true) return;
    await sleep(50);
  }
}

/** What a SearchParameter resource defines is indexed again behind the rebuild. */
async function untilFound(house: House, search: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await house.fhir('GET', search, { source: 'gp' });
    if (answer.status === 200 && at(answer.json, 'total') === 1) return;
    assert.ok(attempt < 100, answer.text);
    await sleep(100);
  }
}
