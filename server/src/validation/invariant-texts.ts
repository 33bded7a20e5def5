// What the best known invariants say, in words of their own, and the element they are about.

export const TEXTS: {
  readonly [key: string]: { readonly what: string; readonly fix: string; readonly at?: string } | undefined;
} = {
  'ext-1': {
    what: 'must have either a value or extensions, and not both',
    fix: 'Keep one of them.',
  },
  'att-1': {
    what: 'has data without contentType',
    fix: 'Add contentType.',
  },
  'cpt-2': {
    what: 'has value without system',
    fix: 'Add system.',
  },
  'per-1': {
    what: 'ends before it starts',
    fix: 'Check start and end with the source.',
  },
  'qty-3': {
    what: 'has code without system',
    fix: 'Add system.',
  },
  'rng-2': {
    what: 'has a low that is above its high',
    fix: 'Check both limits with the source.',
  },
  'rat-1': {
    what: 'must have both numerator and denominator, or neither and an extension',
    fix: 'Add what is missing.',
  },
  'tim-1': {
    what: 'has duration without durationUnit',
    fix: 'Add durationUnit.',
  },
  'tim-2': {
    what: 'has period without periodUnit',
    fix: 'Add periodUnit.',
  },
  'tim-4': {
    what: 'has a negative duration',
    fix: 'Send a number that is not negative.',
    at: 'duration',
  },
  'tim-5': {
    what: 'has a negative period',
    fix: 'Send a number that is not negative.',
    at: 'period',
  },
  'tim-6': {
    what: 'has periodMax without period',
    fix: 'Add period.',
  },
  'tim-7': {
    what: 'has durationMax without duration',
    fix: 'Add duration.',
  },
  'tim-8': {
    what: 'has countMax without count',
    fix: 'Add count.',
  },
  'tim-10': {
    what: 'has both timeOfDay and when',
    fix: 'Keep one of them.',
  },
  'pat-1': {
    what: 'must have a name, telecom, address or organization',
    fix: 'Add one of them.',
  },
  'obs-6': {
    what: 'has both a value and a reason why there is none',
    fix: 'Remove dataAbsentReason, or the value.',
    at: 'dataAbsentReason',
  },
  'obs-7': {
    what: 'has a value and a component with the same code',
    fix: 'Put the result in the value or in the component, not in both.',
  },
  'obs-3': {
    what: 'must have at least a low, a high or a text',
    fix: 'Add one of them.',
  },
  'ait-1': {
    what: 'needs a clinicalStatus unless it was entered in error',
    fix: 'Add clinicalStatus.',
  },
  'ait-2': {
    what: 'was entered in error and still has a clinicalStatus',
    fix: 'Remove clinicalStatus.',
  },
  'con-4': {
    what: 'has an abatement but is still active',
    fix: 'Set clinicalStatus to inactive, resolved or remission.',
  },
  'con-5': {
    what: 'was entered in error and still has a clinicalStatus',
    fix: 'Remove clinicalStatus.',
  },
  'con-1': {
    what: 'must have a summary or an assessment',
    fix: 'Add one of them.',
  },
  'con-2': {
    what: 'must have a code or a detail',
    fix: 'Add one of them.',
  },
  'org-1': {
    what: 'must have an identifier or a name',
    fix: 'Add one of them.',
  },
  'org-2': {
    what: 'is of use home',
    fix: 'Use another use for an organisation.',
  },
  'org-3': {
    what: 'is of use home',
    fix: 'Use another use for an organisation.',
  },
  'bdl-1': {
    what: 'has a total although it is not a search or a history',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-2': {
    what: 'has entry.search although it is not a search',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-3': {
    what: 'must have entry.request in every entry of a batch, transaction or history, and in no other',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-4': {
    what: 'must have entry.response in every entry of a response or history, and in no other',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-7': {
    what: 'has the same fullUrl in two entries',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-9': {
    what: 'is a document without identifier',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-10': {
    what: 'is a document without timestamp',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-11': {
    what: 'is a document that does not start with a Composition',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-12': {
    what: 'is a message that does not start with a MessageHeader',
    fix: 'Correct Bundle.type, or the entries.',
  },
  'bdl-5': {
    what: 'must have a resource, a request or a response',
    fix: 'Add one of them.',
  },
  'bdl-8': {
    what: 'has a fullUrl of one version',
    fix: 'Leave /_history out.',
    at: 'fullUrl',
  },
};
