// A medicine's name as UK systems write it, taken apart: "Ramipril 5mg capsules" is ramipril, 5 mg, capsule. Forms are words of dm+d
// and of FP10 prescriptions; what is not recognised stays part of the name, so that nothing is made the same by accident.
import { foldWords } from '../fold-text.ts';

export type MedicineName = {
  readonly name: string;
  readonly strength: string | undefined;
  readonly form: string | undefined;
};

const NUMBER = String.raw`\d[\d,]*(?:\.\d+)?`;
const UNIT =
  '(?:micrograms?|nanograms?|milligrams?|grams?|mcg|ug|µg|ng|mg|g|kg|ml|millilitres?|l|units?|iu|mmol|mol|%|dose|actuation|hour|hr|h)';
const STRENGTH = new RegExp(
  String.raw`(?<![\w.])${NUMBER}\s*${UNIT}(?:\s*\/\s*(?:${NUMBER})?\s*${UNIT})?(?![\w])(?:\s*\/\s*${NUMBER}\s*${UNIT}(?![\w]))?`,
  'g',
);
/** Longest first, so that a modified-release tablet is not a tablet. */
const FORMS: readonly (readonly [written: RegExp, form: string])[] = [
  [/\b(?:modified[- ]release|prolonged[- ]release|m\/r|mr|sr|xl) (?:tablets?|tabs?)\b/, 'modified-release tablet'],
  [/\b(?:modified[- ]release|prolonged[- ]release|m\/r|mr|sr|xl) (?:capsules?|caps?)\b/, 'modified-release capsule'],
  [/\b(?:gastro[- ]resistant|enteric[- ]coated|e\/c|ec) (?:tablets?|tabs?)\b/, 'gastro-resistant tablet'],
  [/\b(?:gastro[- ]resistant|enteric[- ]coated|e\/c|ec) (?:capsules?|caps?)\b/, 'gastro-resistant capsule'],
  [/\b(?:dispersible|soluble|effervescent) (?:tablets?|tabs?)\b/, 'soluble tablet'],
  [/\borodispersible (?:tablets?|tabs?)\b/, 'orodispersible tablet'],
  [/\boral (?:solution|liquid)\b/, 'oral solution'],
  [/\boral suspension\b/, 'oral suspension'],
  [/\b(?:solution for injection|powder for solution for injection|injection|inj)\b/, 'injection'],
  [/\bsolution for infusion\b/, 'infusion'],
  [/\b(?:dry powder |pressurised )?inhaler\b/, 'inhaler'],
  [/\b(?:transdermal )?patch(?:es)?\b/, 'patch'],
  [/\beye drops?\b/, 'eye drops'],
  [/\bear drops?\b/, 'ear drops'],
  [/\bnasal spray\b/, 'nasal spray'],
  [/\bsuppositor(?:y|ies)\b/, 'suppository'],
  [/\bpessar(?:y|ies)\b/, 'pessary'],
  [/\bnebuliser liquid\b/, 'nebuliser liquid'],
  [/\bcream\b/, 'cream'],
  [/\bointment\b/, 'ointment'],
  [/\bgel\b/, 'gel'],
  [/\b(?:tablets?|tabs?)\b/, 'tablet'],
  [/\b(?:capsules?|caps?)\b/, 'capsule'],
];

const TEXT_LENGTH_MAX = 300;

export function medicineName(text: string): MedicineName {
  const folded = foldWords(text).slice(0, TEXT_LENGTH_MAX);
  const strengths = folded.match(STRENGTH) ?? [];
  let rest = folded.replace(STRENGTH, ' ');
  let form: string | undefined;
  for (const [written, named] of FORMS) {
    if (!written.test(rest)) continue;
    form = named;
    rest = rest.replace(written, ' ');
    break;
  }
  const name = rest
    .replace(/[(),;]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const strength = strengths.map((one) => one.replace(/\s+/g, '')).join(' + ');
  return { name: name === '' ? folded : name, strength: strength === '' ? undefined : strength, form };
}
