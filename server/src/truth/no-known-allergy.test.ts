// What people type where they mean that no allergy is known, and what only looks like it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NegativeScope, negativeScope } from './no-known-allergy.ts';

const TYPED: readonly (readonly [text: string, scope: NegativeScope | undefined])[] = [
  ['NKDA (no known drug allergies)', 'medication'],
  ['nkda - confirmed with patient', 'medication'],
  ['No Allergies Known', 'any'],
  ['None known to date', 'any'],
  ['Denies any allergies', 'any'],
  ['Not known to have any allergies', 'any'],
  ['Allergies: none', 'any'],
  ['No known adverse reactions', 'any'],
  ['Patient is not allergic to any medicines', 'medication'],
  ['No known food allergies', 'food'],
  ['No known drug or food allergies', 'any'],
  ['Allergies not known', undefined],
  ['Not known', undefined],
  ['None recorded', undefined],
  ['No known allergies except penicillin', undefined],
  ['NKDA but rash with amoxicillin', undefined],
  ['No known allergy to penicillin', undefined],
  ['No longer allergic to eggs', undefined],
  ['Drug allergy: none; food allergy: known', undefined],
  ['Known food allergy', undefined],
  ['Food', undefined],
  ['Reaction to medication', undefined],
  ['Known', undefined],
  ['', undefined],
];

test('a denial is known in the words that people type, and what names something is not one', () => {
  for (const [text, scope] of TYPED) {
    assert.equal(negativeScope({ code: { text } }), scope, text);
    assert.equal(negativeScope({ code: { coding: [{ code: 'x', display: text }] } }), scope, text);
  }
});
