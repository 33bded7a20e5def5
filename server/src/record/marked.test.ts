// How what is ruled to be somebody else's, or rests on something withdrawn, is served: every other character stays.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markedText, restsOnIn } from './marked.ts';

const GONE = { withdrawn: true, restsOn: [] };
const MARK = '{"url":"urn:vouch:extension:withdrawal","valueCode":"wrong-patient"}';

describe('a marked resource', () => {
  it('that is withdrawn has the status for it and keeps all else as it was written', () => {
    const text = '{"resourceType":"Observation","status":"final","valueQuantity":{"value":4.10}}';
    const expected = `{"resourceType":"Observation","extension":[${MARK}],"status":"entered-in-error","valueQuantity":{"value":4.10}}`;
    assert.equal(markedText('Observation', text, GONE), expected);
  });

  it('that is an allergy or a problem has no clinical status beside an error, wherever that stands', () => {
    const status = '"clinicalStatus":{"coding":[{"code":"active"}]}';
    const others = '"code":{"text":"Asthma"}';
    for (const [members, system] of [
      [`${status},${others}`, 'Condition'],
      [`${others},${status}`, 'Condition'],
      [`"verificationStatus":{"text":"sure"},${status},${others}`, 'AllergyIntolerance'],
    ] as const) {
      const made = JSON.parse(markedText(system, `{"resourceType":"${system}",${members}}`, GONE));
      assert.equal(made.clinicalStatus, undefined, members);
      assert.equal(made.verificationStatus.coding[0].code, 'entered-in-error');
      assert.deepEqual(made.code, { text: 'Asthma' });
    }
  });

  it('keeps the extensions that it has, also where there are none in the list', () => {
    for (const known of ['[]', '[{"url":"https://example.org/one","valueBoolean":true}]']) {
      const made = JSON.parse(markedText('Flag', `{"resourceType":"Flag","extension":${known}}`, GONE));
      assert.deepEqual(made.extension, [...JSON.parse(known), JSON.parse(MARK)]);
    }
  });

  it('that rests on something withdrawn names it, and keeps its status', () => {
    const restsOn = ['Observation/k1', 'Observation/k2'];
    const made = markedText('Condition', '{"resourceType":"Condition"}', { withdrawn: false, restsOn });
    assert.deepEqual(restsOnIn(made), restsOn);
    assert.doesNotMatch(made, /error/);
    assert.deepEqual(restsOnIn('{"resourceType":"Condition"}'), []);
  });

  it('of a type without such a status is marked all the same', () => {
    const made = JSON.parse(markedText('Organization', '{"resourceType":"Organization","active":true}', GONE));
    assert.deepEqual(made, { resourceType: 'Organization', extension: [JSON.parse(MARK)], active: true });
  });
});
