// Exact decimals, as properties.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decimal } from '../../base/json.ts';
import {
  add,
  compareNumbers,
  type Decimal,
  divide,
  floor,
  multiply,
  negate,
  numberFrom,
  parseDecimal,
  remainder,
  round,
  trimmed,
  wholeQuotient,
  written,
} from './decimals.ts';

const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(12))
  .map(([digits, scale]): Decimal => ({ digits, scale }));
const same = (left: Decimal, right: Decimal) => compareNumbers(decimal(written(left)), decimal(written(right))) === 0;

test('what is written is read back', () => {
  fc.assert(fc.property(number, (one) => assert.deepEqual(parseDecimal(written(one)), one)));
  assert.equal(parseDecimal('1.50')?.scale, 2);
  assert.deepEqual(parseDecimal('-1.5e3'), { digits: -1500n, scale: 0 });
  for (const text of ['', '.', 'x', '1.2.3', '--1']) assert.equal(parseDecimal(text), undefined);
  assert.throws(() => parseDecimal('1e999999999'), { code: 'limit' });
});

test('sums and products undo', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      assert.ok(same(add(add(a, b), negate(b)), a));
      assert.ok(same(add(a, b), add(b, a)));
      assert.ok(same(multiply(a, b), multiply(b, a)));
    }),
  );
});

test('a whole quotient and its remainder make the dividend', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [whole, rest] = [wholeQuotient(a, b), remainder(a, b)];
      if (b.digits === 0n) return assert.ok(whole === undefined && rest === undefined && divide(a, b) === undefined);
      assert.ok(whole && rest && same(add(multiply(whole, b), rest), a));
    }),
  );
});

test('order is that of the numbers, however they are written', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      const difference = add(a, negate(b)).digits;
      const order = compareNumbers(decimal(written(a)), decimal(written(b)));
      assert.equal(Math.sign(order), difference === 0n ? 0 : difference < 0n ? -1 : 1);
      assert.equal(Math.sign(compareNumbers(numberFrom(a), numberFrom(b))), Math.sign(order));
    }),
  );
});

test('rounding is to the nearest, halves away from zero; floor is below', () => {
  const rounded = (text: string, scale: number) => written(trimmed(round(parseDecimal(text) ?? assert.fail(), scale)));
  assert.equal(rounded('2.5', 0), '3');
  assert.equal(rounded('-2.5', 0), '-3');
  assert.equal(rounded('0.125', 2), '0.13');
  assert.equal(rounded('0.1249', 2), '0.12');
  fc.assert(
    fc.property(number, (one) => {
      const below = floor(one);
      const gap = add(one, negate(below));
      assert.ok(below.scale === 0 && gap.digits >= 0n && gap.digits < 10n ** BigInt(gap.scale));
    }),
  );
});
