// FHIR's choice elements: `deceasedBoolean` and `deceasedDateTime` are one element said in two ways.

// Every choice element at the top level of an R4 resource. A list, because `birthDate` only looks like one.
const BASES: ReadonlySet<string> = new Set([
  'abatement',
  'allowed',
  'age',
  'born',
  'chargeItem',
  'collected',
  'copayment',
  'deceased',
  'diagnosis',
  'due',
  'effective',
  'entity',
  'event',
  'identified',
  'item',
  'legallyBinding',
  'medication',
  'multipleBirth',
  'occurred',
  'occurrence',
  'onset',
  'performed',
  'product',
  'reported',
  'scheduled',
  'serviced',
  'source',
  'subject',
  'substance',
  'target',
  'timing',
  'topic',
  'used',
  'value',
]);
const TYPED =
  /^([a-z][A-Za-z]*?)(Boolean|Integer|Decimal|String|Uri|Url|Canonical|Code|DateTime|Date|Time|Instant|Age|Annotation|Attachment|CodeableConcept|Coding|Duration|Identifier|Period|Quantity|Range|Ratio|Reference|SampledData|Timing|Money|PositiveInt|UnsignedInt|Base64Binary|\[x\])$/;

const known = new Map<string, string | undefined>();
const KNOWN_MAX = 4096;

/** `deceasedDateTime` → `deceased`; undefined for an element that is no choice. */
export function choiceBase(element: string): string | undefined {
  if (known.has(element)) return known.get(element);
  const base = TYPED.exec(element)?.[1];
  const found = base !== undefined && BASES.has(base) ? base : undefined;
  if (known.size < KNOWN_MAX) known.set(element, found);
  return found;
}

/** The name under which policy and verdicts speak of an element: `deceased[x]` for `deceasedBoolean`, else the element itself. */
export function elementName(property: string): string {
  const base = choiceBase(property);
  return base === undefined ? property : `${base}[x]`;
}
