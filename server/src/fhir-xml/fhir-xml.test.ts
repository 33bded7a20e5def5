// XML ↔ JSON, case by case, and round trips of resources made up from the definitions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../base/errors.ts';
import { isRawJson, type Json, parseFaithful } from '../base/json.ts';
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import { fromXml, jsonFromXml } from './from-xml.ts';
import { resourceOf } from './resources.testkit.ts';
import { toXml } from './to-xml.ts';

type Valid = {
  readonly name: string;
  readonly clause: string;
  readonly xml: string;
  readonly json: string;
  readonly written?: string;
};
type Invalid = {
  readonly name: string;
  readonly clause: string;
  readonly xml: string;
  readonly reason: string;
  readonly expression?: string;
  readonly line?: number;
  readonly column?: number;
};
type Unwritable = { readonly name: string; readonly json: string; readonly refused: string; readonly where: string };

function casesOf<Case>(file: string): readonly Case[] {
  return JSON.parse(
    readFileSync(new URL(`../../../vectors/fhir-xml/${file}.json`, import.meta.url), 'utf8'),
  ) as readonly Case[];
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

for (const { name, clause, xml, json, written } of casesOf<Valid>('valid')) {
  test(`${clause}: ${name}`, () => {
    assert.deepEqual(fromXml(xml), { json, issues: [] });
    assert.equal(toXml(json), HEAD + (written ?? xml));
    assert.equal(jsonFromXml(toXml(json, { pretty: true })), json);
  });
}

for (const { name, clause, xml, reason, expression, line, column } of casesOf<Invalid>('invalid')) {
  test(`${clause}: refuses ${name}`, () => {
    const { json, issues } = fromXml(xml);
    assert.equal(json, undefined);
    const [issue] = issues;
    assert.equal(issue?.reason, reason, issue?.message);
    assert.equal(issue?.severity, 'error');
    assert.match(issue?.message ?? '', /\(line \d+, column \d+\)\.$/);
    if (expression !== undefined) assert.equal(issue?.expression, expression);
    if (line !== undefined) assert.match(issue?.message ?? '', new RegExp(`line ${line}, column ${column}\\)`));
    assert.throws(
      () => jsonFromXml(xml),
      (error) => error instanceof Refused && error.code === reason,
    );
  });
}

for (const { name, json, refused, where } of casesOf<Unwritable>('unwritable')) {
  test(`JSON that XML cannot hold is refused: ${name}`, () => {
    assert.throws(
      () => toXml(json),
      (error) => {
        assert.ok(error instanceof Refused, String(error));
        assert.deepEqual([error.code, error.where], [refused, where], error.message);
        return true;
      },
    );
  });
}

test('the span of an issue is in bytes, a byte order mark among them', () => {
  const xml = '<Patient xmlns="http://hl7.org/fhir"><name><text value="é"/></name><x/></Patient>';
  assert.deepEqual(fromXml(xml).issues[0]?.span, { start: 68, end: 68 });
  assert.deepEqual(fromXml(`\ufeff${xml}`).issues[0]?.span, { start: 71, end: 71 });
});

test('depth is limited in both directions', () => {
  const deep = '<extension url="x">'.repeat(200);
  const { issues } = fromXml(`<Patient xmlns="http://hl7.org/fhir">${deep}`);
  assert.equal(issues[0]?.reason, 'xml-depth');
  let extension: Json = { url: 'x', valueCode: 'y' };
  for (let depth = 0; depth < 200; depth++) extension = { url: 'x', extension: [extension] };
  assert.throws(() => toXml({ resourceType: 'Patient', extension: [extension] }), { code: 'xml-depth' });
});

test('an issue does not repeat what the text says', () => {
  for (const secret of ['<Secret>', '<a Secret="x"/>', 'Secret', '<name></Secret>', '&Secret;', '<name Secret/>']) {
    const { issues } = fromXml(`<Patient xmlns="http://hl7.org/fhir">${secret}`);
    assert.doesNotMatch(JSON.stringify(issues), /Secret/);
  }
});

test('names of HTML characters become numbers, which XML knows', () => {
  const div = '<div xmlns="http://www.w3.org/1999/xhtml">a&nbsp;&eacute;&yuml;&ndash;&amp;</div>';
  const xml = toXml({ resourceType: 'Patient', text: { status: 'generated', div } });
  assert.match(xml, />a&#160;&#233;&#255;&#8211;&amp;</);
});

test('a div without a namespace gets that of XHTML', () => {
  const xml = toXml({ resourceType: 'Patient', text: { status: 'generated', div: '<div>a</div>' } });
  assert.match(xml, /<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">a<\/div>/);
});

test('a resource without elements is written as one', () => {
  assert.equal(toXml({ resourceType: 'Patient' }), `${HEAD}<Patient xmlns="http://hl7.org/fhir"></Patient>`);
});

/** JSON with members in one order and numbers as their text, for comparing. */
function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => sorted(one) ?? null);
  if (isRawJson(value)) return `number ${value.rawJSON}`;
  if (typeof value === 'number') return `number ${value}`;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, Json | undefined] => [key, sorted(one)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const anyResource = fc.constantFrom(...RESOURCE_TYPES).chain((type) => resourceOf(type));

test('what goes to XML and comes back is what it was, every digit of it', () => {
  fc.assert(
    fc.property(anyResource, fc.boolean(), (resource, pretty) => {
      const { json, issues } = fromXml(toXml(resource, { pretty }));
      assert.deepEqual(issues, []);
      assert.deepEqual(sorted(parseFaithful(json ?? '')), sorted(resource));
    }),
    { numRuns: 300 },
  );
});

test('what comes from XML is written as the same XML again', () => {
  fc.assert(
    fc.property(anyResource, (resource) => {
      const xml = toXml(resource);
      assert.equal(toXml(jsonFromXml(xml)), xml);
    }),
    { numRuns: 100 },
  );
});

test('a text cut off anywhere is refused, never read as less', () => {
  const xml = toXml({ resourceType: 'Patient', name: [{ family: 'A', given: ['B'] }], active: true });
  for (let end = 0; end < xml.length; end++) assert.equal(fromXml(xml.slice(0, end)).json, undefined);
});

test('any text is read or refused, and nothing else', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    '&',
    ';',
    ' ',
    'Patient',
    'name',
    'value="x"',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?',
    '?>',
    'é',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (some) => {
      const { json, issues } = fromXml(`<Patient xmlns="http://hl7.org/fhir">${some.join('')}</Patient>`);
      assert.equal(json === undefined, issues.length === 1);
    }),
  );
});
