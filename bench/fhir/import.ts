// Files of NDJSON for $import, each line a resource with its id: one patient and what is known of them, then the next. Every run of a
// seed sends the same.
import { setTimeout as sleep } from 'node:timers/promises';
import { drawFrom, observation, patient } from './data.ts';

export type Imported = { readonly resources: number; readonly seconds: number };

/** A patient and ten observations. */
const OF_A_PATIENT = 11;
const LINES_A_FILE = 50_000;
const ACCEPTED = 202;
const POLL_MS = 50;

/** Imports `resources` resources, file after file, from the first byte sent until all of them are applied. Throws where one is not. */
export async function importResources(base: string, resources: number, seed: number): Promise<Imported> {
  const draw = drawFrom(seed, 'import');
  const lineOf = (place: number): string => {
    const person = `s${seed}-${Math.floor(place / OF_A_PATIENT)}`;
    const within = place % OF_A_PATIENT;
    return within === 0
      ? JSON.stringify({ id: person, ...patient(draw) })
      : JSON.stringify({ id: `${person}-${within}`, ...observation(draw, `Patient/${person}`) });
  };
  let seconds = 0;
  for (let sent = 0; sent < resources; sent += LINES_A_FILE) {
    const lines = Array.from({ length: Math.min(LINES_A_FILE, resources - sent) }, (_, place) => lineOf(sent + place));
    const body = lines.join('\n');
    const began = performance.now();
    await importFile(base, body, lines.length);
    seconds += (performance.now() - began) / 1_000;
  }
  return { resources, seconds };
}

async function importFile(base: string, body: string, lines: number): Promise<void> {
  const headers = { 'content-type': 'application/fhir+ndjson' };
  const begun = await fetch(`${base}/$import?count=${lines}`, { method: 'POST', headers, body });
  const status = begun.headers.get('content-location');
  if (begun.status !== ACCEPTED || status === null)
    throw new Error(`an import was answered with ${begun.status}: ${await begun.text()}`);
  for (;;) {
    const answer = await fetch(status);
    if (answer.status !== ACCEPTED) {
      const { totals } = (await answer.json()) as { totals?: { applied: number } };
      if (totals?.applied !== lines) throw new Error(`of ${lines} lines ${totals?.applied} were applied`);
      return;
    }
    await sleep(POLL_MS);
  }
}
