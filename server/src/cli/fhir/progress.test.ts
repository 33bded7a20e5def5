// Progress of vouch fhir validate: on a terminal alone, not too often, and gone before anything else is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FileIssue, progressOn } from './progress.ts';

const issue = (severity: FileIssue['severity']): FileIssue => ({
  ...{ file: 'a.json', severity, code: 'value', reason: 'x', message: 'x', expression: undefined },
  ...{ line: 1, column: 1 },
});

function watched({ isTTY, wanted = true }: { isTTY: boolean; wanted?: boolean }) {
  const said: string[] = [];
  const clock = { ms: 0 };
  const sink = { isTTY, write: (text: string) => said.push(text) };
  return { said, clock, progress: progressOn(sink, { files: 2, wanted, nowMs: () => clock.ms }) };
}

test('a terminal sees a line now and then, which is cleared once', () => {
  const { said, clock, progress } = watched({ isTTY: true });
  progress.resource([issue('error'), issue('fatal'), issue('warning')]);
  assert.deepEqual(said, []);
  clock.ms = 250;
  progress.resource([issue('information')]);
  progress.file();
  assert.deepEqual(said, ['\r\u001b[K0 of 2 files, 2 resources, 1 invalid']);
  progress.clear();
  progress.clear();
  assert.deepEqual(said.slice(1), ['\r\u001b[K']);
  assert.deepEqual(progress.tally, { files: 1, resources: 2, invalid: 1, errors: 2, warnings: 1, notes: 1 });
});

test('where no terminal looks, or JSON is wanted, nothing is shown', () => {
  for (const surroundings of [{ isTTY: false }, { isTTY: true, wanted: false }]) {
    const { said, clock, progress } = watched(surroundings);
    clock.ms = 1000;
    progress.file();
    progress.clear();
    assert.deepEqual(said, []);
  }
});
