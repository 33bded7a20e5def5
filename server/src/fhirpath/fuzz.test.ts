// Whatever the text, tree or data: an answer or a FhirPathError, soon; and with places the same values as without. On the part of the
// language where HL7's engine has no listed difference, random expressions give what it gives.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../base/json.ts';
import { compile, compileBoolean, FhirPathError, parseExpression } from './index.ts';
import { objectIn, oracle, ours, plain } from './oracle.testkit.ts';

const FOLDER = new URL('../../../vectors/fhirpath/', import.meta.url);
const fixture = (name: string) => objectIn(readFileSync(new URL(`fixtures/${name}.json`, FOLDER), 'utf8'));
const PATIENT = fixture('patient');

function refusal(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof FhirPathError, String(error));
    return error.code;
  }
}

const PIECES = [
  'name given family use telecom birthDate active deceased contact extension contained identifier period',
  'where( select( exists( all( first() last() count() repeat( descendants() children() iif( as( ofType( is as in contains',
  'and or xor implies div mod + - * / & | = != ~ !~ < <= > >= ( ) [ ] { } . , % $this $index $total %resource %ucum',
  "1 2.5 0 'a' '' @2020 @2020-01-01T10:00:00Z @T10 4 days 3 'mg' true false Patient HumanName string toString() toInteger()",
  'not() empty() distinct() trace( matches( substring( upper() round( extension( resolve() aggregate( ` \' " @ # \\ //',
].flatMap((line) => line.split(' '));

test('random text is compiled or refused, never worse', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ maxLength: 60 })), (expression) => {
      refusal(() => compile(expression, { type: 'Patient' })(PATIENT, {}));
      refusal(() => compileBoolean(expression)(PATIENT, {}));
    }),
    { numRuns: 3000 },
  );
});

const NAMES = [
  'name',
  'given',
  'family',
  'use',
  'telecom',
  'system',
  'period',
  'identifier',
  'contact',
  'rank',
  'deceased',
  'active',
  'multipleBirth',
];
const name = fc.constantFrom(...NAMES);

/** Paths, filters, subsets and logic: no numbers that round, no literals that HL7 reads otherwise. */
const { path, criterion } = fc.letrec<{ path: string; criterion: string }>((tie) => ({
  path: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    fc.tuple(tie('path'), name).map(([on, step]) => `${on}.${step}`),
    fc.tuple(tie('path'), tie('criterion')).map(([on, test_]) => `${on}.where(${test_})`),
    fc.tuple(tie('path'), name).map(([on, step]) => `${on}.select(${step})`),
    fc
      .tuple(tie('path'), fc.constantFrom('first()', 'last()', 'tail()', 'skip(1)', 'take(1)'))
      .map(([on, f]) => `${on}.${f}`),
    fc.tuple(tie('path'), fc.nat(2)).map(([on, index]) => `${on}[${index}]`),
    fc
      .tuple(tie('path'), fc.constantFrom('combine', 'union', 'intersect', 'exclude'), tie('path'))
      .map(([a, way, b]) => `(${a}).${way}(${b})`),
    fc.tuple(tie('path'), tie('path')).map(([a, b]) => `(${a} | ${b})`),
    fc
      .tuple(
        tie('path'),
        fc.constantFrom('distinct()', 'children()', 'descendants()', 'repeat(period)', 'not()', 'single()'),
      )
      .map(([on, way]) => `${on}.${way}`),
    fc
      .tuple(tie('path'), fc.constantFrom('HumanName', 'string', 'Identifier', 'code'))
      .map(([on, t]) => `${on}.ofType(${t})`),
    fc.tuple(tie('criterion'), tie('path'), tie('path')).map(([test_, a, b]) => `iif(${test_}, ${a}, ${b})`),
  ),
  criterion: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('path').map((on) => `${on}.exists()`),
    tie('path').map((on) => `${on}.empty()`),
    tie('path').map((on) => `${on}.count() > 1`),
    fc.tuple(tie('path'), tie('criterion')).map(([on, test_]) => `${on}.all(${test_})`),
    fc.tuple(tie('path'), fc.constantFrom('Ada', 'phone', 'official')).map(([on, text]) => `('${text}' in ${on})`),
    fc.tuple(name, fc.constantFrom('Ada', 'usual')).map(([on, text]) => `${on} = '${text}'`),
    fc
      .tuple(tie('criterion'), fc.constantFrom('and', 'or', 'xor', 'implies'), tie('criterion'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('criterion').map((test_) => `(${test_}).not()`),
    fc
      .tuple(tie('path'), fc.constantFrom('=', '!=', '~', '<', '<=', 'in', 'contains'), tie('path'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(tie('path'), fc.constantFrom('HumanName', 'code', 'Element', 'boolean'))
      .map(([on, t]) => `(${on} is ${t})`),
    fc.tuple(tie('path'), fc.constantFrom('isDistinct', 'hasValue')).map(([on, way]) => `${on}.${way}()`),
    fc
      .tuple(tie('path'), fc.constantFrom('subsetOf', 'supersetOf'), tie('path'))
      .map(([a, way, b]) => `${a}.${way}(${b})`),
  ),
}));

/** Without primitive extensions, whose equality HL7 sees otherwise. */
const SIMPLE = JSON.parse(
  JSON.stringify(PATIENT, (key, value) => (key.startsWith('_') ? undefined : value)),
) as JsonObject;

test('random expressions give what HL7 gives, with and without places', () => {
  const focus = plain(SIMPLE);
  fc.assert(
    fc.property(fc.oneof(path, criterion), (expression) => {
      const answer = ours(() => compile(expression, { type: 'Patient' })(SIMPLE, {}));
      const others = [
        ours(() => compile(expression, { type: 'Patient', mode: 'located' })(SIMPLE, {})),
        ours(() => compile(expression)(SIMPLE, {})),
        oracle(expression, focus, { variables: {} }),
      ];
      // What cannot matter may be left unevaluated, and its errors unseen: by logic, for an empty operand, for an element no type has.
      if (answer === 'error') return;
      for (const other of others) if (other !== 'error') assert.equal(answer, other);
    }),
    { numRuns: 500 },
  );
});

test('data of any shape breaks nothing', () => {
  const expressions = [
    'name.given',
    "name.where(use = 'x').family",
    'deceased.exists() and deceased != false',
    'descendants()',
  ]
    .concat(
      "telecom.where(system = 'phone').value.startsWith('0')",
      'name.given.extension.value',
      'contact.name | name',
    )
    .map((text) => [compile(text, { type: 'Patient' }), compile(text, { type: 'Patient', mode: 'located' })] as const);
  const keys = fc.constantFrom(
    'name',
    '_name',
    'given',
    '_given',
    'telecom',
    'system',
    'deceasedBoolean',
    'extension',
    'contact',
  );
  const { data } = fc.letrec<{ data: Json }>((tie) => ({
    data: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, true, 'x', 3, ''),
      fc.array(tie('data'), { maxLength: 3 }),
      fc.dictionary(keys, tie('data'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(keys, data, { maxKeys: 5 }), (resource) => {
      for (const [run, located] of expressions) {
        assert.equal(
          refusal(() => run(resource)),
          refusal(() => located(resource)),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('depth, length and growth have limits', () => {
  const deep = (times: number, open: string, close: string) => `${open.repeat(times)}1${close.repeat(times)}`;
  assert.equal(
    refusal(() => parseExpression(deep(5000, '(', ')'))),
    'limit',
  );
  assert.equal(
    refusal(() => parseExpression(`${'-'.repeat(5000)}1`)),
    'limit',
  );
  assert.equal(
    refusal(() => parseExpression(`name${'.name'.repeat(5000)}`)),
    'limit',
  );
  assert.equal(
    refusal(() => parseExpression(`1${'+1'.repeat(5000)}`)),
    'limit',
  );
  assert.equal(
    refusal(() => parseExpression(`'${'x'.repeat(60_000)}'`)),
    'limit',
  );
  assert.equal(
    refusal(() => compile(deep(40, 'name.select(', ')'), { type: 'Patient' })),
    undefined,
  );
  assert.equal(
    refusal(() => compile(`extension${'.value.extension'.repeat(100)}`, { type: 'Patient' })),
    undefined,
  );
  assert.equal(
    refusal(() => compile(deep(200, 'iif(true, ', ', 2)'))),
    undefined,
  );
});

test('text of a caller has no regular expressions and ends soon', () => {
  const untrusted = { type: 'Patient', untrusted: true };
  assert.equal(
    refusal(() => compile("id.matches('(a+)+$')", untrusted)),
    'unsupported',
  );
  const nested = `${'%resource.descendants().all('.repeat(8)}true${')'.repeat(8)}`;
  const slow = ['descendants().select(%resource.descendants()).select(%resource.descendants()).count()', nested];
  for (const text of slow) {
    assert.equal(
      refusal(() => compile(text, untrusted)(PATIENT)),
      'limit',
      text,
    );
  }
  assert.equal(compile('name.given.count()', untrusted)(PATIENT)[0]?.value, 5);
});

test('names of an expression are data, never code', () => {
  const escaped = '`a"; throw new Error("out"); "`';
  assert.deepEqual(compile(escaped)(PATIENT), []);
  assert.deepEqual(compile(`%resource.${escaped}`)(PATIENT), []);
  assert.equal(compile("'\\u2028`$\"\\\\'")(PATIENT)[0]?.value, '\u2028`$"\\');
});

test('an error tells line and column of the expression, and nothing of the resource', () => {
  assert.throws(() => parseExpression('name\n  .given +'), { code: 'syntax', at: { offset: 15, line: 2, column: 11 } });
  assert.throws(
    () => compile('name.given.upper()', { type: 'Patient' })(PATIENT),
    (error: unknown) => {
      return error instanceof FhirPathError && error.code === 'singleton' && !/Ada/.test(error.message);
    },
  );
});

test('strict mode refuses elements that the model does not have', () => {
  const strict = { type: 'Patient', strict: true };
  for (const text of [
    'name.given1',
    'Encounter.name',
    'deceasedBoolean',
    'name.select(giver)',
    '(deceased as dateTime).x',
  ]) {
    assert.equal(
      refusal(() => compile(text, strict)),
      'semantic',
      text,
    );
    assert.deepEqual(compile(text, { type: 'Patient' })(PATIENT), [], text);
  }
  compile('name.given | contained.id | deceased.exists()', strict);
});
