// "No known allergies" in the words and codes that senders use. Shared by every format, because truth must see that it negates.

export const SNOMED = 'http://snomed.info/sct';
type NoKnown = { readonly code: string; readonly display: string };

const NO_KNOWN_ALLERGY: NoKnown = { code: '716186003', display: 'No known allergy' };
const NO_KNOWN_DRUG_ALLERGY: NoKnown = { code: '409137002', display: 'No known drug allergy' };
const CODES: { readonly [code: string]: NoKnown } = {
  '716186003': NO_KNOWN_ALLERGY,
  '409137002': NO_KNOWN_DRUG_ALLERGY,
  '429625007': { code: '429625007', display: 'No known food allergy' },
  '428607008': { code: '428607008', display: 'No known environmental allergy' },
};
const ALL = /^(?:nka|nkas|(?:no|nil|none) known(?: allerg(?:y|ies))?|no allergies(?: known)?|no known allergies)$/;
const DRUGS = /^(?:nkda|no known drug allerg(?:y|ies)|no drug allergies(?: known)?)$/;

/** The concept a text or SNOMED code stands for, with what was sent; undefined when it is not a negation. */
export function noKnownAllergy(text: string): (NoKnown & { readonly sent: string }) | undefined {
  const sent = text.trim();
  const words = sent.toLowerCase().replaceAll(/[.,;]/g, '').replaceAll(/\s+/g, ' ');
  if (words === '') return undefined;
  const known = Object.hasOwn(CODES, words) ? CODES[words] : undefined;
  const said = known ?? (DRUGS.test(words) ? NO_KNOWN_DRUG_ALLERGY : ALL.test(words) ? NO_KNOWN_ALLERGY : undefined);
  return said === undefined ? undefined : { ...said, sent };
}
