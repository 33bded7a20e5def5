// Why entries are taken to speak of the same thing, and how many witnesses that makes, in words.
import type { SourceKey } from '../../base/ids.ts';
import { listed } from '../sentences-parts.ts';
import type { Difference, Dimension, Thing } from './types.ts';

const DIMENSIONS: { readonly [dimension in Dimension]: string } = {
  substance: 'substance',
  code: 'code',
  medicine: 'medicine',
  vaccine: 'vaccine',
  onset: 'time of onset',
  time: 'time',
  site: 'site of the body',
  route: 'route',
  form: 'form',
  specimen: 'specimen',
  'order number': 'order number',
  topic: 'topic',
};
const ELEMENTS: { readonly [element: string]: string } = {
  dosage: 'dose or how often it is taken',
  clinicalStatus: 'whether it is still active',
  status: 'whether it goes on',
  severity: 'severity',
  'value[x]': 'result',
  conclusion: 'conclusion',
  provision: 'what is permitted',
  decision: 'whether to resuscitate',
  lotNumber: 'batch number',
};

export function thingSentences(thing: Thing, nameOf: (source: SourceKey) => string): readonly string[] {
  const { because, witnesses, differences, related } = thing;
  const sources = [...new Set(because.map(({ candidate }) => nameOf(candidate.source)))];
  const sentences: string[] = [];
  if (because.length > 1) {
    const said = because[0]?.agrees ?? [];
    const shared = said.filter((one) => because.every(({ agrees }) => agrees.includes(one)));
    const same = shared.map((one) => DIMENSIONS[one]);
    sentences.push(
      `${listed(sources)} ${sources.length > 1 ? 'speak' : 'speaks'} of the same thing: the same ${listed(same.length > 0 ? same : ['thing by another name'])}.`,
    );
    for (const { candidate, unsaid } of because) {
      if (unsaid.length === 0) continue;
      const parts = unsaid.map((one) => DIMENSIONS[one]);
      sentences.push(
        `${nameOf(candidate.source)} does not give the ${listed(parts)} as exactly; it fits this one and no other.`,
      );
    }
  }
  if (sources.length > witnesses && witnesses === 1)
    sentences.push('All of it comes from one origin, so it counts as one witness.');
  else if (witnesses > 1) sentences.push(`${witnesses} sources say so independently of each other.`);
  sentences.push(...differences.map(differenceSentence));
  if (related.length > 0)
    sentences.push(
      `${related.length === 1 ? 'Another entry' : `${related.length} other entries`} of the list may be about the same. Nobody says enough to tell, so they are kept apart.`,
    );
  return sentences;
}

function differenceSentence({ element, harm }: Difference): string {
  const name = ELEMENTS[element] ?? element;
  const gated = harm === 'H2' || harm === 'H3';
  return `They differ in the ${name}.${gated ? ' No rule may settle that.' : ''}`;
}
