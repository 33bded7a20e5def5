// Ordinary results: samples taken during a stay, reported as preliminary and final, now and then corrected or not possible.
import { at, type Random } from '../../people/index.ts';
import { measure, PANELS, type Panel, withStatus } from '../analytes.ts';
import { oru, type Report, type ResultItem } from '../oru.ts';
import { LAB } from '../sources.ts';
import { type Cue, type Draft, mllp, type Stage } from '../stage.ts';
import type { Stay } from './stays.ts';

export function report(stage: Stage, cue: Cue, content: Omit<Report, 'reportedMs'>): Draft {
  return mllp(stage, cue, {
    source: LAB,
    label: `ORU^R01 ${content.panel[0]} ${content.status}`,
    write: (envelope) => oru({ ...content, reportedMs: cue.sentMs ?? cue.atMs }, envelope),
  });
}

/** Lab numbers are those of the patient and the sample: they do not depend on who else is in the hospital. */
export function sampleOf(
  stay: Pick<Stay, 'patient' | 'ward'>,
  panel: Panel,
  sample: { readonly number: number; readonly collectedMs: number },
): Omit<Report, 'reportedMs' | 'status' | 'items'> {
  const serial = `${String(stay.patient.number).padStart(4, '0')}${String(sample.number).padStart(2, '0')}`;
  return {
    patient: stay.patient,
    ward: stay.ward,
    placer: `ORD${serial}`,
    filler: `26${serial}${panel.section}`,
    panel: [panel.key, panel.text],
    section: panel.section,
    specimen: panel.specimen,
    collectedMs: sample.collectedMs,
  };
}

const SAMPLES: { readonly [kind in Stay['kind']]: readonly [number, number] } = {
  inpatient: [3, 6],
  emergency: [3, 5],
  outpatient: [1, 2],
  'day-case': [1, 2],
};

export function playResults(stage: Stage, stay: Stay, random: Random): void {
  const count = random.between(...SAMPLES[stay.kind]);
  for (let number = 1; number <= count; number++) {
    const panel = random.weighted(PANELS);
    const collectedMs = stay.fromMs + random.between(3, 45) * 60_000;
    playSample(stage, { stay, panel, number, collectedMs }, random);
  }
}

type Sample = {
  readonly stay: Stay;
  readonly panel: Panel;
  readonly number: number;
  readonly collectedMs: number;
};

function playSample(stage: Stage, sample: Sample, random: Random): void {
  const items = measure(sample.panel, sample.stay.patient, random);
  const about = sampleOf(sample.stay, sample.panel, sample);
  const comment = random.chance(0.15) ? { requestComment: 'Clinical details: unwell since Friday, ?source' } : {};
  let now = sample.collectedMs + random.between(18, 40) * 60_000;
  const send = (status: Report['status'], results: readonly ResultItem[]) => {
    if (now < stage.endMs)
      report(stage, { atMs: now }, { ...about, ...comment, status, items: withStatus(results, status) });
    now += random.between(10, 45) * 60_000;
  };
  if (random.chance(0.03)) {
    send('X', [{ ...at(items, 0), value: '', comments: ['Sample insufficient.'] }]);
    return;
  }
  if (sample.panel.twoSteps) send('P', items);
  send('F', items);
  if (random.chance(0.03))
    send('C', [...items.slice(0, -1), { ...at(items, items.length - 1), comments: ['Amended.'] }]);
}
