// The loss account must add up, against a recount of its own that shares no code with the parser.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { IGNORE_RULES } from './ignore-rules.ts';
import { mapV2, messageOf, statementsOf } from './sample.ts';
import type { MappingResult } from './types.ts';

const SAMPLES = new URL('../../../vectors/hl7v2/samples/', import.meta.url);
const samples = readdirSync(SAMPLES).filter((name) => name.endsWith('.hl7'));

/** Populated units of a message by splitting text: no escapes, no positions, no shared code. */
function recount(text: string): number {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const msh = lines[0] ?? '';
  const field = msh[3] ?? '|';
  const [component = '^', repetition = '~', , subcomponent = '&'] = msh.slice(4).split(field)[0] ?? '';
  let units = 0;
  for (const line of lines) {
    const isHeader = line === msh;
    const isSegment = /^[A-Za-z][A-Za-z0-9]{2}$/.test(line.split(field)[0] ?? '');
    const fields = line.split(field).slice(isSegment ? 1 : 0);
    fields.forEach((one, i) => {
      const whole = isHeader && i === 0;
      const parts = whole
        ? [one]
        : one
            .split(repetition)
            .flatMap((r) => r.split(component))
            .flatMap((c) => c.split(subcomponent));
      units += parts.filter((part) => part !== '').length;
    });
    if (isHeader) units++;
  }
  return units;
}

function addsUp({ loss }: MappingResult): void {
  assert.equal(loss.populated, loss.mapped + loss.ignored + loss.unmapped);
  const listed = (disposition: string) => loss.entries.filter((entry) => entry.disposition === disposition).length;
  assert.equal(listed('ignored'), loss.ignored);
  assert.equal(listed('unmapped'), loss.unmapped);
}

/** Positions that stand behind a value: what the account calls mapped must be exactly these, and what the links were made of. */
function originStarts(result: MappingResult): Set<number> {
  return new Set(statementsOf(result).flatMap((one) => one.origins.map((origin) => origin.span.start)));
}

suite('the loss account adds up', () => {
  for (const name of samples) {
    test(`of ${name}`, () => {
      const bytes = readFileSync(new URL(name, SAMPLES));
      const result = mapV2(bytes);
      addsUp(result);
      const refusedUnparsed = result.outcome === 'refused' && result.loss.entries[0]?.position === 'message';
      if (!refusedUnparsed) assert.equal(result.loss.populated, recount(new TextDecoder('latin1').decode(bytes)));
      if (result.outcome === 'refused') assert.equal(result.loss.mapped, 0);
      if (result.outcome === 'mapped' && result.links.length === 0)
        assert.equal(result.loss.mapped, originStarts(result).size);
    });
  }
});

const text = fc.stringMatching(/^[A-Za-z0-9 ']{0,8}$/);
const piece = fc.oneof(text, fc.constant('""'), fc.constant(''));
const component = fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('&'));
const repetition = fc.array(component, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('^'));
const field = fc.array(repetition, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('~'));
const segment = fc
  .tuple(
    fc.constantFrom('PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'DG1', 'OBX', 'ZZ1', 'MRG'),
    fc.array(field, { maxLength: 25 }),
  )
  .map(([name, fields]) => [name, ...fields].join('|'));
const pid = fc.array(field, { maxLength: 40 }).map((fields) => ['PID', '1', '', '1^^^RXX^MR', ...fields].join('|'));
const trigger = fc.constantFrom('A01', 'A03', 'A08', 'A11', 'A13', 'A28', 'A31', 'A40');

test('whatever a message holds, the account adds up, maps what has an origin, and names rules that are explained', () => {
  fc.assert(
    fc.property(trigger, pid, fc.array(segment, { maxLength: 6 }), (event, patient, segments) => {
      const bytes = messageOf([patient, ...segments], event);
      const result = mapV2(bytes);
      addsUp(result);
      assert.equal(result.loss.populated, recount(new TextDecoder().decode(bytes)));
      const starts = originStarts(result);
      const linked = result.outcome === 'mapped' && result.links.length > 0;
      if (result.outcome === 'mapped' && !linked) assert.equal(result.loss.mapped, starts.size);
      for (const { disposition, by, span } of result.loss.entries) {
        if (!linked) assert.equal(starts.has(span.start), false, 'a position with an origin is not listed as lost');
        if (disposition === 'ignored') assert.ok(by !== undefined && isExplained(by), `rule ${by}`);
      }
    }),
    { numRuns: 300 },
  );
});

function isExplained(rule: string): boolean {
  return Object.hasOwn(IGNORE_RULES, rule.startsWith('not-used-in-uk:') ? 'not-used-in-uk' : rule);
}

test('an origin points at the bytes its value was made from', () => {
  const bytes = messageOf(['PID|||1^^^RXX^MR||Müller^Zoë||19800115']);
  const [patient] = statementsOf(mapV2(bytes));
  const wire = (path: string) => {
    const span = patient?.origins.find((origin) => origin.path === path)?.span;
    return span && new TextDecoder().decode(bytes.slice(span.start, span.end));
  };
  assert.equal(wire('name[0].family'), 'Müller');
  assert.equal(wire('name[0].given[0]'), 'Zoë');
  assert.equal(wire('birthDate'), '19800115');
});

test('the same bytes give the same statements, byte for byte', () => {
  for (const name of samples) {
    const bytes = readFileSync(new URL(name, SAMPLES));
    assert.equal(JSON.stringify(mapV2(bytes)), JSON.stringify(mapV2(bytes)));
  }
});

test('no issue shows what the patient details are', () => {
  const secret = 'Xyzzyqux';
  const result = mapV2(
    messageOf([
      `PID|||1^^^RXX^MR||${secret}||${secret}|${secret}||||||${secret}^^${secret}|||||||||||||||${secret}|${secret}`,
    ]),
  );
  for (const issue of result.issues) assert.equal(issue.message.includes(secret), false, issue.reason);
});
