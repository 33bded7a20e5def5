// Every vector of vectors/mapping/oru: a message, and exactly the statements, findings and loss account that it gives.
// Patient and Provenance are left to the tests of their own mapping.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import type { Instant } from '../../base/ids.ts';
import { parseFaithful } from '../../base/json.ts';
import { SAMPLE_SOURCE } from '../datatypes/sample.ts';
import { mapHl7v2 } from '../hl7v2.ts';
import type { MappingResult, StatementDraft } from '../types.ts';

type Expected = {
  readonly outcome: string;
  readonly issues: readonly string[];
  readonly loss: {
    readonly populated: number;
    readonly mapped: number;
    readonly ignored: number;
    readonly unmapped: number;
    readonly unmappedAt?: readonly string[];
  };
  readonly statements: readonly {
    readonly type: string;
    readonly key: string;
    readonly subject: string | null;
    readonly cleared: readonly string[];
    readonly resource: unknown;
  }[];
};
type Vector = { readonly why: string; readonly message: readonly string[]; readonly expect: Expected };

const FOLDER = new URL('../../../../vectors/mapping/oru/', import.meta.url);
const ELSEWHERE = new Set(['Patient', 'Provenance']);

function mapLines(lines: readonly string[]): MappingResult {
  const bytes = new TextEncoder().encode(`${lines.join('\r')}\r`);
  const receivedAt = '2026-03-02T10:15:30.000Z' as Instant;
  return mapHl7v2({ bytes, source: SAMPLE_SOURCE, receivedAt, format: 'hl7v2', interaction: undefined });
}

function statementsOf(result: MappingResult): readonly StatementDraft[] {
  return result.outcome === 'mapped' ? result.statements : [];
}

for (const file of readdirSync(FOLDER).sort()) {
  const vector = parseFaithful(readFileSync(new URL(file, FOLDER), 'utf8')) as unknown as Vector;
  const { expect } = vector;
  test(`the message '${file.replace('.json', '')}' gives what its vector says: ${vector.why}`, () => {
    const result = mapLines(vector.message);
    assert.equal(result.outcome, expect.outcome);
    assert.deepEqual(
      result.issues.map(({ severity, reason, expression }) => `${severity} ${reason} ${expression}`),
      expect.issues,
    );
    const statements = statementsOf(result).filter(({ resourceType }) => !ELSEWHERE.has(resourceType));
    assert.deepEqual(
      statements.map(({ resourceType, key, subjectKey, said }) => ({
        type: resourceType,
        key,
        subject: subjectKey ?? null,
        cleared: said.filter(({ action }) => action === 'clear').map(({ element }) => element),
      })),
      expect.statements.map(({ type, key, subject, cleared }) => ({ type, key, subject, cleared })),
    );
    statements.forEach((statement, index) => {
      assert.equal(statement.text, JSON.stringify(expect.statements[index]?.resource), statement.key);
    });
  });

  test(`the loss account of '${file.replace('.json', '')}' adds up`, () => {
    const result = mapLines(vector.message);
    const { populated, mapped, ignored, unmapped, entries } = result.loss;
    assert.equal(populated, mapped + ignored + unmapped);
    const { unmappedAt, ...counts } = expect.loss;
    assert.deepEqual({ populated, mapped, ignored, unmapped }, counts);
    const positions = entries.filter(({ disposition }) => disposition === 'unmapped').map(({ position }) => position);
    if (unmappedAt !== undefined) assert.deepEqual(positions, unmappedAt);
  });

  test(`every statement of '${file.replace('.json', '')}' is about the patient of its segments, with origins inside the message`, () => {
    const { length } = vector.message.join('\r');
    for (const statement of statementsOf(mapLines(vector.message))) {
      if (!['Practitioner', 'Organization'].includes(statement.resourceType))
        assert.ok(statement.subjectKey, statement.key);
      for (const { span } of statement.origins) assert.ok(span.start < span.end && span.end <= length * 2);
    }
  });
}

test('no finding repeats what a field holds', () => {
  for (const file of readdirSync(FOLDER)) {
    const vector = parseFaithful(readFileSync(new URL(file, FOLDER), 'utf8')) as unknown as Vector;
    for (const { message } of mapLines(vector.message).issues)
      assert.doesNotMatch(message, /SMITH|JANE|JONES|7001|9990000018/);
  }
});
