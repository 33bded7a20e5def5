// Small hospitals at random: what five systems say about two people, as deliveries with the subjects whose order must hold.
import fc from 'fast-check';
import { checkDigit } from '../src/testkit/people/nhs-number.ts';
import { adt, merged, oru, patient, type Said, visit } from './messages.ts';

export type Delivered = {
  /** Source subjects that it speaks of; deliveries that share one keep their order. */
  readonly subjects: readonly string[];
  readonly source: string;
  readonly type: string;
  readonly key: string;
  readonly body: string;
};

const FAMILIES = ['Lark', 'Larke', 'Lärk', 'Brook'];
const BORN = ['19600607', '19600706', '1960', '19511101'];
const PLACES = ['1 High St^^Borchester^^ZZ99 1AA^GBR^H', '2 New Rd^^Borchester^^ZZ99 2BB^GBR^H', '""', undefined];
const ALLERGIES = [
  'AL1|1|DA|764146007^Penicillin^SCT|SV|Rash|20100101',
  'AL1|1|DA|716186003^No known allergy^SCT',
  'AL1|1|DA|300916003^Allergy to latex^SCT|MO|Wheeze',
];

type Draw = {
  readonly what: 'pas' | 'second' | 'lab' | 'gp' | 'app' | 'merge' | 'unmerged-news';
  readonly who: number;
  readonly family: number;
  readonly born: number;
  readonly place: number;
  readonly allergy: number;
  readonly traced: boolean;
  readonly died: boolean;
};

const PEOPLE = 2;
const EVENTS_MAX = 16;

const draw: fc.Arbitrary<Draw> = fc.record({
  what: fc.constantFrom('pas', 'pas', 'second', 'lab', 'gp', 'gp', 'app', 'merge', 'unmerged-news'),
  who: fc.nat(PEOPLE - 1),
  // Mostly the truth, so that records meet; sometimes not, so that they must not.
  family: weighted(FAMILIES.length),
  born: weighted(BORN.length),
  place: fc.nat(PLACES.length - 1),
  allergy: fc.nat(ALLERGIES.length + 2),
  traced: fc.nat(2).map((one) => one > 0),
  died: weighted(2).map((one) => one === 1),
});

function weighted(count: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(count - 1) });
}

/** Scripts; `name` keeps the people of one run apart from those of every other on the same server. */
export const scripts = fc.array(draw, { minLength: 3, maxLength: EVENTS_MAX });

/** The deliveries of a script, in the order in which they were said: one a minute. */
export function deliveries(drawn: readonly Draw[], run: number): readonly Delivered[] {
  return drawn.map((one, index) => deliveryOf(one, { run, index }));
}

type Place = { readonly run: number; readonly index: number };

function deliveryOf(one: Draw, at: Place): Delivered {
  const time = new Date(Date.parse('2026-03-02T07:00:00Z') + at.index * 60_000).toISOString();
  const stamp = time.slice(0, 16).replaceAll(/\D/g, '');
  const name = `${at.run}-${one.who}`;
  const who = saidOf(one, at.run);
  const hl7 = (source: string, mrns: readonly string[], body: string): Delivered => ({
    subjects: mrns.map((mrn) => `${source} ${mrn}`),
    source,
    type: 'application/hl7-v2',
    key: `${at.run}.${at.index}`,
    body,
  });
  const id = `M${at.run}.${at.index}`;
  const [mrn, second] = [`A${name}`, `B${name}`];
  switch (one.what) {
    case 'pas':
    case 'second': {
      const own = one.what === 'pas' ? who : { ...who, mrn: second };
      return hl7('pas', [own.mrn], adt({ trigger: 'A08', id, at: stamp, who: own, more: visitAnd(one, own.mrn) }));
    }
    case 'merge':
      return hl7('pas', [mrn, second], adt({ trigger: 'A40', id, at: stamp, who: { mrn }, more: [merged(second)] }));
    case 'unmerged-news':
      return hl7(
        'pas',
        [second],
        adt({
          trigger: 'A31',
          id,
          at: stamp,
          who: { mrn: second, family: familyOf({ family: 0 }, at.run), given: 'Ada', born: '19600607' },
        }),
      );
    case 'lab':
      return hl7(
        'lab',
        [mrn],
        oru({ id, at: stamp, who, report: `R${name}`, status: one.died ? 'C' : 'F', value: String(4 + one.family) }),
      );
    case 'gp':
    case 'app':
      return {
        subjects: [`${one.what} ${one.what}-${name}`],
        source: one.what,
        type: 'application/fhir+json',
        key: `${at.run}.${at.index}`,
        body: JSON.stringify(bundle(one, { name, time, run: at.run })),
      };
  }
}

function saidOf(one: Draw, run: number): Said {
  const place = PLACES[one.place];
  return {
    mrn: `A${run}-${one.who}`,
    ...(one.traced ? { nhs: nhsNumber(run, one.who) } : {}),
    family: familyOf(one, run),
    given: 'Ada',
    born: BORN[one.born] ?? '',
    sex: '2',
    ...(place === undefined ? {} : { address: place }),
    ...(one.died ? { died: ['202603010400', 'Y'] as const } : {}),
  };
}

/** The run is part of the name, or people of different runs would be alike. */
function familyOf({ family }: Pick<Draw, 'family'>, run: number): string {
  return `${FAMILIES[family] ?? ''}${run}`;
}

function visitAnd(one: Draw, mrn: string): readonly string[] {
  const allergy = ALLERGIES[one.allergy];
  return [visit(`V${mrn}`, `W${one.place}`), ...(allergy === undefined ? [] : [allergy])];
}

/** The nth synthetic number that has a check digit. */
export function nhsNumber(run: number, who: number): string {
  let stem = 999_000_000 + (run * PEOPLE + who) * 7;
  while (checkDigit(String(stem)) === undefined) stem += 1;
  return `${stem}${checkDigit(String(stem))}`;
}

function bundle(one: Draw, { name, time, run }: { name: string; time: string; run: number }): object {
  const meta = { lastUpdated: time };
  const born = (BORN[one.born] ?? '').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const id = `${one.what}-${name}`;
  const about = patient(id, {
    ...(one.traced ? { nhs: nhsNumber(run, one.who) } : {}),
    family: familyOf(one, run),
    given: 'Ada',
    born,
    more: { meta, ...(one.died ? { deceasedBoolean: false } : {}) },
  });
  const known = {
    resourceType: 'AllergyIntolerance',
    id: `${id}-a`,
    meta,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '300916003' }] },
    patient: { reference: `Patient/${id}` },
  };
  const put = (resource: { id: string; resourceType: string }) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  });
  const entry = [put(about as { id: string; resourceType: string }), ...(one.allergy === 1 ? [put(known)] : [])];
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

/** Another order of arrival in which each subject's own deliveries keep theirs; `choices` pick among those that may come next. */
export function reordered(given: readonly Delivered[], choices: readonly number[]): readonly Delivered[] {
  const left = [...given];
  const order: Delivered[] = [];
  for (let step = 0; left.length > 0; step += 1) {
    const free = left.filter(
      (one, place) =>
        !left.slice(0, place).some((before) => before.subjects.some((subject) => one.subjects.includes(subject))),
    );
    const next = free[(choices[step] ?? 0) % free.length];
    if (next === undefined) break;
    order.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return order;
}
