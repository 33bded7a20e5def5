// What each data type becomes, and which parts of the wire stand behind it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readAddress } from './address.ts';
import { readConcept, readTableCode, readText } from './concept.ts';
import { readContactPoints } from './contact-point.ts';
import { readHumanName } from './human-name.ts';
import { readEntityIdentifier, readIdentifier } from './identifier.ts';
import {
  readCompositeQuantity,
  readMoney,
  readNumericArray,
  readNumericRange,
  readNumericValue,
  readStructuredNumber,
} from './quantity.ts';
import { SAMPLE_SOURCE, said, saidText, samplePart, sampleParts, sampleReading } from './sample.ts';
import { readLocations, readNamedOnly, readOrganization, readPractitioner } from './staff.ts';
import { readDate, readPeriod, readTime, readTimeOfDay } from './time.ts';

const reading = sampleReading();
const alternate = (system: string, code: string) => ({
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/alternate-codes',
      valueCodeableConcept: { coding: [{ system, code }] },
    },
  ],
});

test('a name keeps its parts apart, and each knows where it stood', () => {
  const name = said(readHumanName(reading, samplePart('SMITH^JANE^ANN^JR^DR^MBE^L')));
  assert.deepEqual(name.json, {
    use: 'official',
    family: 'SMITH',
    given: ['JANE', 'ANN'],
    prefix: ['DR'],
    suffix: ['JR', 'MBE'],
  });
  assert.deepEqual(name.from, [
    'ZZZ-1.7 use',
    'ZZZ-1.1 family',
    'ZZZ-1.2 given[0]',
    'ZZZ-1.3 given[1]',
    'ZZZ-1.5 prefix[0]',
    'ZZZ-1.4 suffix[0]',
    'ZZZ-1.6 suffix[1]',
  ]);
});

test('a name type without a FHIR use keeps its code beside the use', () => {
  const name = said(readHumanName(reading, samplePart('SMITH^JANE^^^^^A')));
  assert.deepEqual(name.json, {
    _use: alternate('http://terminology.hl7.org/CodeSystem/v2-0200', 'A'),
    family: 'SMITH',
    given: ['JANE'],
  });
});

test('the words ITK uses for name types are understood', () => {
  assert.deepEqual(said(readHumanName(reading, samplePart('JONES^^^^^^PREVIOUS-MAIDEN'))).json, {
    use: 'maiden',
    family: 'JONES',
  });
});

test('a null component is used and says nothing, and blanks are not used at all', () => {
  const name = said(readHumanName(reading, samplePart('SMITH^JANE^""^  ')));
  assert.deepEqual(name.json, { family: 'SMITH', given: ['JANE'] });
  assert.deepEqual(name.from, ['ZZZ-1.1 family', 'ZZZ-1.2 given[0]', 'ZZZ-1.3 given[1]']);
});

test('a family name in parts keeps them as extensions', () => {
  assert.deepEqual(said(readHumanName(reading, samplePart('van der Berg&van der&Berg^ANNA'))).json, {
    family: 'van der Berg',
    _family: {
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-prefix', valueString: 'van der' },
        { url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-name', valueString: 'Berg' },
      ],
    },
    given: ['ANNA'],
  });
});

test('an address keeps its lines in order and knows the UK codes of its kind', () => {
  assert.deepEqual(
    said(readAddress(reading, samplePart('1 High St&High St&1^Flat 2^Leeds^^LS1 4AP^GBR^TMP^^West Yorkshire'))).json,
    {
      use: 'temp',
      line: ['1 High St', 'High St', '1', 'Flat 2'],
      city: 'Leeds',
      district: 'West Yorkshire',
      postalCode: 'LS1 4AP',
      country: 'GBR',
    },
  );
  assert.deepEqual(said(readAddress(reading, samplePart('PO Box 1^^Leeds^^^^PST'))).json, {
    type: 'postal',
    line: ['PO Box 1'],
    city: 'Leeds',
  });
});

test('contacts of every shape become a system, a value and a use', () => {
  const cases: readonly (readonly [string, readonly object[]])[] = [
    ['(0113) 496 0000', [{ system: 'phone', value: '(0113) 496 0000' }]],
    ['01134960000^PRN^PH', [{ system: 'phone', value: '01134960000', use: 'home' }]],
    ['07700900123^PRS^CP', [{ system: 'phone', value: '07700900123', use: 'mobile' }]],
    ['^NET^Internet^a.b@example.org', [{ system: 'email', value: 'a.b@example.org' }]],
    ['a.b@example.org^NET', [{ system: 'email', value: 'a.b@example.org' }]],
    [
      '01134960000^PRN^PH^a@example.org',
      [
        { system: 'phone', value: '01134960000', use: 'home' },
        { system: 'email', value: 'a@example.org' },
      ],
    ],
    ['^WPN^PH^^44^113^4960000^12', [{ system: 'phone', value: '+44 113 4960000 x12', use: 'work' }]],
    ['^WPN^FX^^^^^^^^^+441134960001', [{ system: 'fax', value: '+441134960001', use: 'work' }]],
    ['ask the ward', [{ system: 'other', value: 'ask the ward' }]],
    ['^PRN', []],
  ];
  for (const [wire, expected] of cases) {
    assert.deepEqual(
      readContactPoints(reading, samplePart(wire)).map((one) => said(one).json),
      expected,
      wire,
    );
  }
});

test('an identifier takes its system from the source, then from what is known, then from the sender itself', () => {
  const system = (wire: string) => (said(readIdentifier(reading, samplePart(wire))).json as { system?: string }).system;
  assert.equal(system('123^^^RXX^MR'), 'https://fhir.rxx.example/Id/mrn');
  assert.equal(system('9990000018^^^NHS^NH'), 'https://fhir.nhs.uk/Id/nhs-number');
  assert.equal(system('9990000018^^^^NH'), 'https://fhir.nhs.uk/Id/nhs-number');
  assert.equal(system('0101010001^^^CHI^NH'), 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53');
  assert.equal(system('123^^^LAB&2.16.840.1.113883.19.4.6&ISO'), 'urn:oid:2.16.840.1.113883.19.4.6');
  assert.equal(system('123^^^OTHER^MR'), 'urn:vouch:source:rxx-lab:id:OTHER');
  assert.equal(system('123'), undefined);
});

test('an NHS number is stored without spaces, and one that cannot be is kept without its system', () => {
  const reads = sampleReading();
  assert.deepEqual(said(readIdentifier(reads, samplePart('999 000 0018^^^NHS^NH'))).json, {
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NH' }] },
    system: 'https://fhir.nhs.uk/Id/nhs-number',
    value: '9990000018',
  });
  assert.equal(reads.issues.length, 0);
  assert.deepEqual(said(readIdentifier(reads, samplePart('1111111111^^^NHS^NH'))).json, {
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'NH' }] },
    value: '1111111111',
    assigner: { display: 'NHS' },
  });
  const [issue] = reads.issues;
  assert.equal(issue?.reason, 'nhs-number-filler');
  assert.equal(issue?.expression, 'ZZZ-1.1');
  assert.ok(!issue?.message.includes('1111'), 'an issue never repeats the number');
});

test('an entity identifier carries its namespace as system', () => {
  assert.deepEqual(said(readEntityIdentifier(reading, samplePart('LAB001^GHH LAB'), 'FILL')), {
    json: {
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'FILL' }] },
      system: 'urn:vouch:source:rxx-lab:entity:GHH%20LAB',
      value: 'LAB001',
    },
    from: ['ZZZ-1.2 system', 'ZZZ-1.1 value'],
  });
});

test('codings keep their systems, and a local code belongs to its sender', () => {
  assert.deepEqual(said(readConcept(SAMPLE_SOURCE, samplePart('2160-0^Creatinine^LN^CREA^Creat^L^2.7'))).json, {
    coding: [
      { system: 'http://loinc.org', version: '2.7', code: '2160-0', display: 'Creatinine' },
      { system: 'urn:vouch:source:rxx-lab:code:L', code: 'CREA', display: 'Creat' },
    ],
  });
  assert.deepEqual(said(readConcept(SAMPLE_SOURCE, samplePart('^growth of mixed flora'))).json, {
    text: 'growth of mixed flora',
  });
  assert.deepEqual(said(readConcept(SAMPLE_SOURCE, samplePart('N^Normal^HL70078'))).json, {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0078', code: 'N', display: 'Normal' }],
  });
  assert.deepEqual(said(readTableCode(samplePart('M'), '0001')).json, {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0001', code: 'M' }],
  });
});

test('a text keeps its lines, its indentation and the delimiters that its sender forgot to escape', () => {
  assert.equal(said(readText(samplePart('  one\\.br\\  two'))).json, '  one\n  two');
  assert.deepEqual(said(readText(samplePart('a^b&c'))), {
    json: 'a^b&c',
    from: ['ZZZ-1.1 ', 'ZZZ-1.2.1 ', 'ZZZ-1.2.2 '],
  });
});

test('a number keeps its digits', () => {
  const text = (wire: string) => saidText(readNumericValue(reading, samplePart(wire), samplePart('g/l'))?.node);
  const quantity = (value: string) =>
    `{"value":${value},"unit":"g/l","system":"http://unitsofmeasure.org","code":"g/L"}`;
  assert.equal(text('1.50'), quantity('1.50'));
  assert.equal(text('+007.0'), quantity('7.0'));
  assert.equal(text('.5'), quantity('0.5'));
  assert.equal(text('5.'), quantity('5'));
  assert.equal(text('-0.00'), quantity('-0.00'));
  assert.equal(text('12345678901234567890.10'), quantity('12345678901234567890.10'));
  assert.equal(text('<5'), quantity('5').replace('5,', '5,"comparator":"<",'));
  assert.equal(text('1,5'), '"1,5 g/l"');
});

test('a structured number takes the FHIR type of its shape', () => {
  const value = (wire: string) => {
    const one = readStructuredNumber(reading, samplePart(wire), samplePart('mg/L'));
    return [one?.element, saidText(one?.node)];
  };
  const unit = '"unit":"mg/L","system":"http://unitsofmeasure.org","code":"mg/L"';
  assert.deepEqual(value('<^10'), ['valueQuantity', `{"value":10,"comparator":"<",${unit}}`]);
  assert.deepEqual(value('^182.0'), ['valueQuantity', `{"value":182.0,${unit}}`]);
  assert.deepEqual(value('^2^-^4'), ['valueRange', `{"low":{"value":2,${unit}},"high":{"value":4,${unit}}}`]);
  assert.deepEqual(value('>^1^:^128'), [
    'valueRatio',
    `{"numerator":{"value":1,"comparator":">",${unit}},"denominator":{"value":128}}`,
  ]);
  assert.deepEqual(value('^2^+'), ['valueString', '"2+ mg/L"']);
  assert.deepEqual(value('<>^5'), ['valueString', '"<>5 mg/L"']);
  assert.deepEqual(value('^'), [undefined, undefined]);
});

test('a composite quantity, a numeric range, an array and an amount are read', () => {
  assert.equal(
    saidText(readCompositeQuantity(reading, samplePart('50^uL&MicroLiter&UCUM'))),
    '{"value":50,"unit":"MicroLiter","system":"http://unitsofmeasure.org","code":"uL"}',
  );
  assert.equal(
    saidText(readNumericRange(reading, samplePart('1.0^2.0'), samplePart('')))?.replaceAll('"', ''),
    '{low:{value:1.0},high:{value:2.0}}',
  );
  const array = said(readNumericArray(reading, sampleParts('1.0^^3~4^5^6'), samplePart(''))).json as { data: string };
  assert.equal(array.data, '1.0 E 3 4 5 6');
  assert.equal(said(readMoney(samplePart('12.50^GBP'))).json, '12.50 GBP');
});

test('staff, organisations and places come with a key, or with a name only', () => {
  const doctor = readPractitioner(reading, samplePart('C1234567^HOUSE^GREG^^^DR^^^GMC'));
  assert.equal(doctor?.key, 'https://fhir.hl7.org.uk/Id/gmc-number|C1234567');
  assert.equal(doctor?.display, 'DR GREG HOUSE');
  assert.deepEqual(said(readNamedOnly(samplePart('^HOUSE^GREG'))).json, { display: 'GREG HOUSE' });
  const lab = readOrganization(reading, samplePart('Leeds Pathology^L^^^^ODS^XX^^^RXX01'));
  assert.equal(lab?.key, 'https://fhir.nhs.uk/Id/ods-organization-code|RXX01');
  const chain = readLocations(reading, samplePart('W7^B^3^RXX&ODS'));
  assert.deepEqual(
    chain.map((one) => one.key.split('|')[1]),
    ['RXX', 'RXX/W7', 'RXX/W7/B', 'RXX/W7/B/3'],
  );
});

test('times keep their precision, a birth date is a date, and a stamp that is none is reported', () => {
  const reads = sampleReading();
  assert.equal(said(readTime(reads, samplePart('202607150930'))).json, '2026-07-15T09:30:00+01:00');
  assert.equal(said(readTime(reads, samplePart('202601'))).json, '2026-01');
  assert.equal(said(readDate(reads, samplePart('198507150000'))).json, '1985-07-15');
  assert.equal(said(readTimeOfDay(samplePart('0930'))).json, '09:30:00');
  assert.deepEqual(said(readPeriod(reads, samplePart('20260101^20260102'))).json, {
    start: '2026-01-01',
    end: '2026-01-02',
  });
  assert.equal(reads.issues.length, 0);
  assert.equal(readTime(reads, samplePart('00000000')), undefined);
  assert.equal(readTime(reads, samplePart('202603290130'))?.value, '2026-03-29T01:30:00+00:00');
  assert.deepEqual(
    reads.issues.map((issue) => issue.reason),
    ['time-unreadable', 'time-impossible'],
  );
});
