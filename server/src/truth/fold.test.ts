// The fold: what a message does to what its source said before, for each way of saying something, nothing, or none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decimal, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { fold, foldNext, renderView, resourceOf } from './index.ts';
import type { Statement } from './types.ts';
import { type CaseStatement, statementOf } from './vectors.testkit.ts';

let count = 0;
function says(day: number, said: Omit<CaseStatement, 'at'>): Statement {
  count += 1;
  return statementOf(['s', 'pas'], { at: `2026-02-0${day}T00:00:00.000Z`, ...said }, count);
}
function after(...statements: readonly Statement[]): JsonObject {
  const view = fold(statements);
  assert.ok(view);
  return resourceOf(view);
}
const home = (value: string): Json => ({ system: 'phone', use: 'home', value });
const work = (value: string): Json => ({ system: 'phone', use: 'work', value });

describe('the fold', () => {
  it('has nothing to say of no statements', () => assert.equal(fold([]), undefined));

  it('asks for the whole history when a statement was said before the newest one', () => {
    const view = fold([says(5, { set: { gender: 'male' } })]);
    assert.equal(foldNext(view, says(1, { set: { gender: 'female' } })), 'refold');
  });

  it('orders statements of the same moment by their place in the ledger', () => {
    const first = says(1, { set: { gender: 'male' } });
    const second = says(1, { set: { gender: 'female' } });
    assert.equal(after(second, first)['gender'], 'female');
  });

  it('keeps each form of an element said two ways apart from the other', () => {
    const died = says(1, { set: { deceasedDateTime: '2026-01-01' } });
    assert.deepEqual(after(died, says(2, { set: { deceasedBoolean: false } })), {
      resourceType: 'Patient',
      deceasedBoolean: false,
    });
    const value = (set: JsonObject) => says(3, { type: 'Observation', set });
    const observed = after(value({ valueString: 'high' }), value({ valueQuantity: { value: 1 } }));
    assert.deepEqual(Object.keys(observed), ['resourceType', 'valueQuantity']);
  });

  it('does not mistake birthDate for a choice', () => {
    assert.equal(
      after(says(1, { set: { birthDate: '1980' } }), says(2, { set: { birthDate: '1981' } }))['birthDate'],
      '1981',
    );
  });

  it('lets the companion of a primitive come and go with it', () => {
    const timed = says(1, {
      set: { birthDate: '1980-05-01', _birthDate: { extension: [{ url: 'u', valueTime: '01:00:00' }] } },
    });
    assert.ok(after(timed)['_birthDate']);
    assert.equal(after(timed, says(2, { set: { birthDate: '1980-05-02' } }))['_birthDate'], undefined);
    assert.equal(after(timed, says(2, { clear: ['birthDate'] }))['_birthDate'], undefined);
  });

  it('replaces by type in place, adds new types, and keeps what the others came from', () => {
    const first = says(1, { set: { telecom: [home('1'), work('2')] } });
    const second = says(2, { set: { telecom: [home('3')] }, update: 'merge-by-type' });
    const view = fold([first, second]);
    assert.deepEqual(view?.elements['telecom']?.value, [home('3'), work('2')]);
    assert.deepEqual(
      view?.elements['telecom']?.entries?.map((entry) => entry.statement),
      [second.id, first.id],
    );
  });

  it('keeps types of an address, a name and an identifier apart', () => {
    const merged = (element: string, before: Json, next: Json) =>
      after(
        says(1, { set: { [element]: [before] } }),
        says(2, { set: { [element]: [next] }, update: 'merge-by-type' }),
      )[element];
    assert.deepEqual(merged('name', { use: 'official', family: 'A' }, { use: 'official', family: 'B' }), [
      { use: 'official', family: 'B' },
    ]);
    assert.equal((merged('address', { use: 'home', city: 'A' }, { use: 'temp', city: 'B' }) as Json[]).length, 2);
    assert.equal((merged('identifier', { system: 'a', value: '1' }, { system: 'b', value: '1' }) as Json[]).length, 2);
    assert.deepEqual(merged('identifier', { system: 'a', value: '1' }, { system: 'a', value: '2' }), [
      { system: 'a', value: '2' },
    ]);
  });

  it('takes a period and its like member by member, so that the end of a stay leaves its start', () => {
    const stay = (element: string, update: 'snapshot' | 'merge-by-type') =>
      after(
        says(1, { type: 'Encounter', set: { [element]: { start: '2026-02-01', other: 'x' } } }),
        says(2, { type: 'Encounter', set: { [element]: { end: '2026-02-02', other: 'y' } }, update }),
      )[element];
    const whole = { start: '2026-02-01', other: 'y', end: '2026-02-02' };
    assert.deepEqual(stay('period', 'merge-by-type'), whole);
    assert.deepEqual(stay('hospitalization', 'merge-by-type'), whole);
    assert.deepEqual(stay('period', 'snapshot'), { end: '2026-02-02', other: 'y' });
    // A code and its text belong together: an object that is one value is replaced whole.
    assert.deepEqual(stay('priority', 'merge-by-type'), { end: '2026-02-02', other: 'y' });
  });

  it('keeps the results of a report that a part of it does not name', () => {
    const [one, two] = [{ reference: 'Observation/1' }, { reference: 'Observation/2' }];
    const report = after(
      says(1, { type: 'DiagnosticReport', set: { result: [one, two] } }),
      says(2, { type: 'DiagnosticReport', set: { result: [one] }, update: 'merge-by-type' }),
    );
    assert.deepEqual(report['result'], [one, two]);
  });

  it('takes an element given and cleared at once as: this and nothing else', () => {
    const first = says(1, { set: { telecom: [home('1'), work('2')] } });
    const both = says(2, { set: { telecom: [home('3')] }, clear: ['telecom'], update: 'merge-by-type' });
    assert.deepEqual(after(first, both)['telecom'], [home('3')]);
  });

  it('merges within a whole resource where the update policy says so, and then serves no text as its own', () => {
    const first = says(1, { set: { telecom: [home('1'), work('2')] }, replaces: true });
    const second = says(2, { set: { telecom: [home('3')], gender: 'male' }, replaces: true, update: 'merge-by-type' });
    const view = fold([first, second]);
    assert.deepEqual(view?.elements['telecom']?.value, [home('3'), work('2')]);
    assert.equal(view?.wholeText, undefined);
  });

  it('does not take an element that a whole resource carries but may not say', () => {
    const whole = says(1, { set: { gender: 'male' }, clearing: { address: [{ city: 'Leeds' }] }, replaces: true });
    const view = fold([whole]);
    assert.equal(view?.elements['address'], undefined);
    assert.equal(view?.wholeText, undefined);
    assert.equal(renderView(view as NonNullable<typeof view>), '{"resourceType":"Patient","gender":"male"}');
  });

  it('remembers what a whole resource took back', () => {
    const view = fold([
      says(1, { set: { gender: 'male', birthDate: '1980' } }),
      says(2, { set: { gender: 'male' }, replaces: true }),
    ]);
    assert.deepEqual([view?.elements['birthDate']?.cleared, view?.elements['birthDate']?.value], [true, undefined]);
  });
});

describe('the text of a view', () => {
  const exact = '{ "resourceType":"Patient",\n  "gender" : "male", "extension":[{"url":"u","valueDecimal":1.50}] }';
  const whole = (text: string): Statement => {
    const resource = parseFaithful(text) as JsonObject;
    const said = Object.keys(resource)
      .slice(1)
      .map((element) => ({ element, action: 'set' as const, update: 'snapshot' as const }));
    return { ...says(1, { replaces: true }), text, resource, said };
  };

  it("is the source's own, byte for byte, after a whole replacement", () => {
    const view = fold([whole(exact)]);
    assert.ok(view);
    assert.equal(renderView(view), exact);
  });

  it('keeps the digits of decimals when it is composed', () => {
    const view = fold([whole(exact), says(2, { set: { birthDate: '1980' } })]);
    assert.ok(view);
    assert.equal(
      renderView(view),
      '{"resourceType":"Patient","extension":[{"url":"u","valueDecimal":1.50}],"gender":"male","birthDate":"1980"}',
    );
  });

  it('writes other resources in the order in which they were said', () => {
    const value = { value: decimal('5.0') as unknown as Json };
    const observation = says(1, {
      type: 'Observation',
      set: { status: 'final', valueQuantity: value, code: { text: 'K' } },
    });
    const view = fold([observation]);
    assert.ok(view);
    assert.equal(
      renderView(view),
      '{"resourceType":"Observation","status":"final","valueQuantity":{"value":5.0},"code":{"text":"K"}}',
    );
  });
});
