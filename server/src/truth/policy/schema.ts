// The JSON Schema of a policy, for editors: made from the same words as the loader. What a schema cannot say (harm gates, rules that
// an override is about) the loader checks. Published as policies/policy.schema.json; a test holds the two together.
import type { JsonObject } from '../../base/json.ts';
import { ALLOWED_CRITERIA } from '../choose.ts';
import { EQUIVALENCES, FIT_FOR_HARM } from '../equivalence.ts';
import {
  ABSENT_REASONS,
  CARDINALITIES,
  HARM_CLASSES,
  LINK_APPROVERS,
  LINK_STAKES,
  PRIORITIES,
  QUALITY_CHECKS,
  SAME_TIMES,
  SECOND_APPROVERS,
  SHOWN,
  TRUST_MAX,
} from './words.ts';

const text: JsonObject = { type: 'string', minLength: 1 };
const why: JsonObject = { ...text, description: 'The reason for this choice, for those who answer for patients.' };
const trust: JsonObject = { type: 'integer', minimum: 0, maximum: TRUST_MAX };
const days: JsonObject = { type: 'integer', minimum: 1 };

function closed(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', additionalProperties: false, required, properties };
}

/** Settings by names that the author gives: sources, resource types, elements. */
function byName(value: JsonObject): JsonObject {
  return { type: 'object', additionalProperties: value };
}

export function policySchema(): JsonObject {
  const caseRule = closed(handling(SECOND_APPROVERS), ['priority', 'decide-within-hours', 'why']);
  const linkRule = closed({ harm: { enum: HARM_CLASSES }, ...handling(LINK_APPROVERS) }, [
    ...['harm', 'priority', 'decide-within-hours', 'why'],
  ]);
  const source = closed({ trust, elements: byName(closed({ trust, 'stale-after-days': days }, [])), why }, ['why']);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://vouch.dev/schemas/policy.schema.json',
    title: 'A Vouch policy of truth, or a part that a policy includes',
    ...closed(
      {
        policy: { ...text, description: 'With the version, its name in every verdict.' },
        version: { type: 'integer', minimum: 1 },
        description: text,
        include: { type: 'array', items: text, uniqueItems: true, description: 'Parts, read before this file.' },
        sources: byName(source),
        cases: closed(Object.fromEntries(HARM_CLASSES.map((harm) => [harm, caseRule])), []),
        links: {
          ...closed(Object.fromEntries(LINK_STAKES.map((stake) => [stake, linkRule])), []),
          description:
            'Cases about two records that may be one person, by what is at stake; the strictest that applies counts.',
        },
        quality: closed(
          {
            lowers: closed(Object.fromEntries(QUALITY_CHECKS.map((check) => [check, trust])), []),
            'opens-cases': { type: 'boolean' },
            why,
          },
          ['why'],
        ),
        elements: byName(byName(elementSchema(caseRule))),
      },
      [],
    ),
  };
}

function handling(approvers: readonly string[]): JsonObject {
  return {
    priority: { enum: PRIORITIES },
    'decide-within-hours': { type: 'integer', minimum: 1 },
    'second-approver': {
      enum: approvers,
      description: 'Who else must agree: what one person rules counts when another approves it.',
    },
    why,
  };
}

function elementSchema(caseRule: JsonObject): JsonObject {
  return {
    ...closed(
      {
        harm: { enum: HARM_CLASSES },
        cardinality: { enum: CARDINALITIES },
        equivalence: { enum: EQUIVALENCES },
        choose: { type: 'array', uniqueItems: true, items: { enum: ALLOWED_CRITERIA.H0 } },
        'stale-after-days': days,
        'keep-retired': { type: 'boolean' },
        'when-conflicting': { enum: SHOWN },
        'same-time': { enum: SAME_TIMES },
        case: caseRule,
        'absent-reason': { enum: ABSENT_REASONS },
        why,
      },
      ['harm', 'cardinality', 'equivalence', 'why'],
    ),
    allOf: HARM_CLASSES.map((harm) => gateSchema(harm)),
  };
}

function gateSchema(harm: (typeof HARM_CLASSES)[number]): JsonObject {
  const allowed = ALLOWED_CRITERIA[harm];
  const choose: JsonObject = allowed.length === 0 ? { maxItems: 0 } : { items: { enum: allowed } };
  const equivalence = allowed.length === 0 ? { equivalence: { enum: FIT_FOR_HARM } } : {};
  return {
    if: { properties: { harm: { const: harm } }, required: ['harm'] },
    // biome-ignore lint/suspicious/noThenProperty: the word is JSON Schema's own.
    then: { properties: { choose, ...equivalence } },
  };
}
