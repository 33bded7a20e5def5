// npm run bench:identity: scored linking on a synthetic British population whose truth is known. The model is trained on one
// population without labels and used on another; thresholds are those of the program. Ends with one JSON line.
//   --people N (40000; 0 leaves it out)  --lookup N (in memory; 1000000; 0 leaves it out)
//   --stored N (in PostgreSQL; 0)  --model FILE  --train FILE (writes the model and ends)
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type LinkageRecord, type Model, readModel, train, writeModel } from '../server/src/identity/index.ts';
import { seededRandom } from '../server/src/testkit/people/random.ts';
import { lookups } from './identity/lookup.ts';
import { measure } from './identity/measure.ts';
import { people, type SyntheticPerson } from './identity/people.ts';
import { recordsOf } from './identity/records.ts';
import { storedLookups } from './identity/stored-lookup.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '40000' },
    lookup: { type: 'string', default: '1000000' },
    stored: { type: 'string', default: '0' },
    model: { type: 'string' },
    train: { type: 'string' },
  },
});
const MODEL = new URL('../policies/identity/uk-default.v1.json', import.meta.url);
const TRAINING_SEED = 'identity-training';
const MEASURING_SEED = 'identity-measuring';
/** 1024 to 1: stricter than what a model gets by default, since here a false merge is a patient's harm. */
const LINK = 10_000;
const TRAINING_PEOPLE = 40_000;

if (values.train === undefined) await main(readModel(readFileSync(values.model ?? MODEL, 'utf8')));
else writeFileSync(values.train, writeModel(trained()));

function trained(): Model {
  const records = population(TRAINING_PEOPLE, TRAINING_SEED).map(({ record }) => record);
  const model = train(records, { model: 'uk-default', version: 1 });
  return { ...model, decision: { ...model.decision, link: LINK } };
}

async function main(model: Model): Promise<void> {
  const asked = (count: string) => (Number(count) === 0 ? undefined : Number(count));
  const [size, inMemory, inStore] = [asked(values.people), asked(values.lookup), asked(values.stored)];
  const linking = size === undefined ? undefined : await measure(population(size, MEASURING_SEED), model);
  const lookup = inMemory === undefined ? undefined : lookups(inMemory, model);
  const stored = inStore === undefined ? undefined : await storedLookups(inStore, model);
  process.stdout.write(`${JSON.stringify({ bench: 'identity', node: process.version, linking, lookup, stored })}\n`);
}

function population(
  count: number,
  seed: string,
): readonly { readonly record: LinkageRecord; readonly person: SyntheticPerson }[] {
  const random = seededRandom(seed);
  const writing = random.fork('records');
  return [...people(count, random)].flatMap((person) =>
    recordsOf(person, writing).map((record) => ({ record, person })),
  );
}
