// What the generated extractors call: one function for each kind of parameter and FHIR type, writing what finds the value.      (pure)
import { date, period, timing } from './leaves/date.ts';
import { money, number, numberRange, quantity, quantityRange, sampledData } from './leaves/number.ts';
import type { Leaf } from './leaves/place.ts';
import { position } from './leaves/position.ts';
import { canonicalReference, inlineResource, reference, uri } from './leaves/reference.ts';
import { address, humanName, string } from './leaves/string.ts';
import { codeableConcept, coding, contactPoint, identifier, primitiveToken } from './leaves/token.ts';

/** What to call for a value of a FHIR type under a parameter of a kind: `token Coding`. */
export const LEAVES: { readonly [kindAndType: string]: Leaf } = {
  ...Object.fromEntries(['boolean', 'code', 'string', 'id', 'uri'].map((type) => [`token ${type}`, primitiveToken])),
  'token Coding': coding,
  'token CodeableConcept': codeableConcept,
  'token Identifier': identifier,
  'token ContactPoint': contactPoint,
  ...Object.fromEntries(['string', 'markdown', 'code'].map((type) => [`string ${type}`, string])),
  'string HumanName': humanName,
  'string Address': address,
  ...Object.fromEntries(['date', 'dateTime', 'instant'].map((type) => [`date ${type}`, date])),
  'date Period': period,
  'date Timing': timing,
  ...Object.fromEntries(['integer', 'decimal', 'positiveInt', 'unsignedInt'].map((type) => [`number ${type}`, number])),
  'number Range': numberRange,
  ...Object.fromEntries(
    ['Quantity', 'Age', 'Duration', 'Count', 'Distance', 'SimpleQuantity'].map((type) => [
      `quantity ${type}`,
      quantity,
    ]),
  ),
  'quantity Money': money,
  'quantity Range': quantityRange,
  'quantity SampledData': sampledData,
  'reference Reference': reference,
  'reference Resource': inlineResource,
  'reference canonical': canonicalReference,
  'reference uri': canonicalReference,
  ...Object.fromEntries(['uri', 'url', 'canonical', 'oid', 'uuid'].map((type) => [`uri ${type}`, uri])),
  'special Location.position': position,
  'special Extension': position,
};
