// Outcomes, and the type table behind them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Issue } from '../validation/types.ts';
import { codeSetOf } from './code-sets.ts';
import { ancestry, elementsOf, isResourceType } from './definitions.ts';
import { baseLibrary } from './library.ts';
import { operationOutcome } from './outcome.ts';

const issue: Issue = {
  severity: 'error',
  code: 'value',
  reason: 'date-impossible',
  message: 'Patient.birthDate is a date that does not exist. Check day and month with the source.',
  expression: 'Patient.birthDate',
  span: undefined,
};

describe('an OperationOutcome', () => {
  test('shows each issue with its reason and FHIRPath', () => {
    const reason = { system: 'https://vouch.dev/fhir/CodeSystem/issue-reason', code: 'date-impossible' };
    assert.deepEqual(operationOutcome([issue]), {
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'value',
          details: { coding: [reason], text: issue.message },
          expression: ['Patient.birthDate'],
        },
      ],
    });
  });

  test('gives a position of HL7 v2 or CSV as location, since it is not FHIRPath', () => {
    for (const expression of ['PID-7', 'OBX[3]-5.1', 'row 4 column dob', 'MSH']) {
      const [shown] = operationOutcome([{ ...issue, expression }])['issue'] as { location?: string[] }[];
      assert.deepEqual(shown?.location, [expression]);
    }
  });

  test('is never without an issue', () => {
    const [shown] = operationOutcome([])['issue'] as { severity: string }[];
    assert.equal(shown?.severity, 'information');
  });
});

describe('the type table', () => {
  test('has types with their base types and nested elements', () => {
    assert.deepEqual(ancestry('Patient'), ['Resource', 'DomainResource', 'Patient']);
    assert.deepEqual(ancestry('Patient.contact'), ['Element', 'BackboneElement', 'Patient.contact']);
    assert.deepEqual(ancestry('Age'), ['Element', 'Quantity', 'Age']);
    assert.deepEqual(ancestry('Nonsense'), []);
  });

  test('says of an element how often, of which types and with which codes', () => {
    const element = (name: string) => elementsOf('Patient').find((one) => one.name === name);
    assert.deepEqual(element('gender'), {
      name: 'gender',
      isChoice: false,
      min: 0,
      isList: false,
      types: [{ type: 'code', targets: undefined }],
      binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1' },
      constraints: [],
      isSummary: true,
      isModifier: false,
    });
    assert.equal(element('deceased')?.isChoice, true);
    assert.deepEqual(element('generalPractitioner')?.types[0]?.targets, [
      'Organization',
      'Practitioner',
      'PractitionerRole',
    ]);
    const set = (name: string) => codeSetOf(baseLibrary(), `http://hl7.org/fhir/ValueSet/${name}`);
    assert.equal(set('administrative-gender')?.codes.get('http://hl7.org/fhir/administrative-gender')?.size, 4);
    assert.deepEqual([...(set('currencies')?.open ?? [])], ['urn:iso:std:iso:4217']);
  });

  test('is 4.0.1, not the elements that later releases or other vendors added', () => {
    const names = (path: string) => elementsOf(path).map((one) => one.name);
    assert.ok(!names('Meta').includes('project'));
    assert.ok(!names('Binary').includes('url'));
    assert.ok(!names('ResearchStudy').includes('studyDesign'));
    assert.equal(
      elementsOf('DetectedIssue').find((one) => one.name === 'status')?.binding?.valueSet,
      'http://hl7.org/fhir/ValueSet/observation-status|4.0.1',
    );
    assert.ok(names('EvidenceVariable.characteristic').includes('definition'));
  });

  test('knows concrete resource types only', () => {
    assert.ok(isResourceType('Patient'));
    for (const name of ['DomainResource', 'Resource', 'HumanName', 'SubscriptionStatus', 'MetadataResource', '']) {
      assert.ok(!isResourceType(name), name);
    }
  });
});
