// Incidents of transport: the same again, the same name for something else, too late, in the wrong order.

import { at } from '../../people/index.ts';
import { adt } from '../adt.ts';
import { measure, PANELS, UE, withStatus } from '../analytes.ts';
import { report, sampleOf } from '../routine/results.ts';
import { visitOf } from '../routine/stays.ts';
import { APPLIED, as, DUPLICATE, OLD_NEWS, type Script } from '../scene.ts';
import { PAS, pasSubject } from '../sources.ts';
import { again, minute, posted, underSameControlId } from '../stage.ts';
import type { Expect } from '../types.ts';

const exactDuplicates: Script = {
  tag: 'exact-duplicate',
  registers: [],
  play: (scene) => {
    for (const number of [23, 24, 25, 26]) {
      const patient = scene.person(number);
      const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 60 + number) });
      const admit = scene.adt(60 + number, { trigger: 'A01', patient, visit }, { expect: APPLIED });
      again(scene.stage, scene.cue(60.5 + number, { expect: DUPLICATE }), admit);
      if (number % 2 === 0) again(scene.stage, scene.cue(170 + number, { expect: DUPLICATE }), admit);
      const panel = at(PANELS, number % 4)[0];
      const sample = sampleOf({ patient, ward: visit.ward }, panel, {
        number: 1,
        collectedMs: minute(scene.stage, 70 + number),
      });
      const items = withStatus(measure(panel, patient, scene.random), 'F');
      const result = scene.report(100 + number, { ...sample, status: 'F', items }, APPLIED);
      again(scene.stage, scene.cue(100.1 + number, { expect: DUPLICATE }), result);
    }
    return {
      title: 'Links drop before the answer arrives, so the PAS and the laboratory send the same bytes again.',
      expectation: 'Each redelivery is counted as a duplicate, gets the stored answer, and changes nothing.',
      outcomes: [],
    };
  },
};

const controlIdReused: Script = {
  tag: 'control-id-reused',
  registers: [],
  play: (scene) => {
    for (const [number, other] of [
      [27, 28],
      [29, 30],
    ] as const) {
      const patient = scene.person(number);
      const first = scene.adt(100 + number, { trigger: 'A31', patient }, { expect: APPLIED });
      const occurredMs = minute(scene.stage, 104 + number);
      underSameControlId(scene.stage, scene.cue(104 + number, { expect: { states: ['quarantined'], ack: ['AE'] } }), {
        of: first,
        write: (envelope) => adt({ trigger: 'A31', patient: scene.person(other), occurredMs }, envelope),
      });
    }
    return {
      title: 'After a restart the PAS uses control ids again, for other patients.',
      expectation: 'Same control id with other content is a conflict: quarantined, never taken for a duplicate.',
      outcomes: [],
    };
  },
};

const idempotencyKeyReused: Script = {
  tag: 'idempotency-key-reused',
  registers: [],
  play: (scene) => {
    const message = (number: number, minutes: number) =>
      adt(
        { trigger: 'A31', patient: scene.person(number), occurredMs: minute(scene.stage, minutes) },
        { controlId: `RXXMAN${number}`, sentAt: '20260302091500' },
      );
    const post = (minutes: number, number: number, expect: Expect) =>
      posted(scene.stage, scene.cue(minutes, { expect }), {
        source: PAS,
        label: 'ADT^A31',
        contentType: 'application/hl7-v2',
        key: 'manual-resend-1',
        text: message(number, 195),
      });
    post(195, 31, { http: [200, 201, 202], states: ['applied'] });
    post(196, 31, { http: [200, 201, 202], states: ['duplicate'] });
    post(197, 32, { http: [422], states: ['quarantined'] });
    return {
      title: 'An operator posts a message by hand, posts it again, then posts another under the same idempotency key.',
      expectation: 'Stored; the stored answer again; refused with 422.',
      outcomes: [],
    };
  },
};

const dischargeBeforeAdmission: Script = {
  tag: 'discharge-before-admission',
  registers: [],
  play: (scene) => {
    const patient = scene.person(10);
    const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 62) });
    const gone = { ...visit, dischargedMs: minute(scene.stage, 140), disposition: '1' };
    scene.adt(141, { trigger: 'A03', patient, visit: gone }, { sentMinutes: 140, expect: APPLIED });
    scene.adt(155, { trigger: 'A01', patient, visit }, { sentMinutes: 62, expect: OLD_NEWS });
    return {
      title: 'A queue stuck overnight: the discharge arrives before the admission that it ends.',
      expectation: 'Ordered by when it was said, the visit ends as finished whichever came first.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Encounter',
          subject: pasSubject(patient.mrn),
          code: visit.number,
          status: ['finished'],
        },
      ],
    };
  },
};

const cancelBeforeAdmission: Script = {
  tag: 'cancel-before-admission',
  registers: [],
  play: (scene) => {
    const patient = scene.person(33);
    const visit = visitOf(patient, scene.random, { admittedMs: minute(scene.stage, 120) });
    const cancel = { trigger: 'A11', patient, visit } as const;
    scene.adt(126, cancel, { sentMinutes: 125, expect: { states: ['applied', 'waiting'] } });
    scene.adt(131, { trigger: 'A01', patient, visit }, { sentMinutes: 120, expect: OLD_NEWS });
    return {
      title: 'An admission is cancelled, and the cancellation overtakes it.',
      expectation: 'The cancellation is not refused; the visit ends as cancelled.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Encounter',
          subject: pasSubject(patient.mrn),
          code: visit.number,
          status: ['cancelled', 'entered-in-error'],
        },
      ],
    };
  },
};

const staleUpdate: Script = {
  tag: 'stale-update',
  registers: [],
  play: (scene) => {
    const person = scene.person(9);
    const visit = visitOf(person, scene.random, { admittedMs: minute(scene.stage, 50) });
    const old = as(person, { address: { ...person.address, lines: ['3 Old Brewery Yard'], postcode: 'ZZ99 4AA' } });
    const moved = as(person, { address: { ...person.address, lines: ['77 Kestrel Way'], postcode: 'ZZ99 8BB' } });
    scene.adt(50, { trigger: 'A01', patient: person, visit }, { expect: APPLIED });
    scene.adt(130, { trigger: 'A08', patient: moved, visit }, { expect: APPLIED });
    scene.adt(190, { trigger: 'A08', patient: old, visit }, { sentMinutes: 95, expect: OLD_NEWS });
    return {
      title: 'An update with the old address was stuck for an hour and a half and arrives after the new one.',
      expectation: 'The late message takes its right place: the newer address stands.',
      outcomes: [
        {
          kind: 'verdict',
          subject: pasSubject(person.mrn),
          element: 'address',
          states: ['known', 'assumed'],
          value: 'ZZ99 8BB',
          not: 'ZZ99 4AA',
        },
      ],
    };
  },
};

const preliminaryAfterFinal: Script = {
  tag: 'preliminary-after-final',
  registers: [],
  play: (scene) => {
    const patient = scene.person(34);
    const sample = sampleOf({ patient, ward: 'W04' }, UE, { number: 1, collectedMs: minute(scene.stage, 100) });
    const items = measure(UE, patient, scene.random);
    const final = scene.report(150, { ...sample, status: 'F', items: withStatus(items, 'F') }, APPLIED);
    const preliminary = { ...sample, status: 'P', items: withStatus(items, 'P') } as const;
    report(scene.stage, scene.cue(163, { sentMinutes: 130, expect: OLD_NEWS }), preliminary);
    return {
      title: 'The preliminary result arrives after the final one.',
      expectation: 'The result stays final.',
      outcomes: [
        {
          kind: 'resource-status',
          resourceType: 'Observation',
          subject: { ...pasSubject(patient.mrn), source: final.source },
          code: '2823-3',
          status: ['final'],
        },
      ],
    };
  },
};

export const DELIVERY_STORIES: readonly Script[] = [
  exactDuplicates,
  controlIdReused,
  idempotencyKeyReused,
  dischargeBeforeAdmission,
  cancelBeforeAdmission,
  staleUpdate,
  preliminaryAfterFinal,
];
