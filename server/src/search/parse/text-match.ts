// Strings: https://hl7.org/fhir/R4/search.html#string                                                                          (pure)
import { fold } from '../fold.ts';
import { FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import type { Condition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant } from '../split.ts';
import { type Asked, any, idsOf, termsOf } from './context.ts';

const MODIFIERS = ['missing', 'exact', 'contains'];

export function readString({ parameter, name, modifier, values }: Asked): Condition {
  const params = idsOf(parameter);
  switch (modifier) {
    case undefined:
      return { kind: 'strings', params, match: 'starts', values: values.map((value) => readText(value, name)) };
    case 'contains':
      return { kind: 'strings', params, match: 'contains', values: values.map((value) => readText(value, name)) };
    case 'exact': {
      const texts = values.map(meant);
      return any(
        params.map((id) =>
          termsOf(
            id,
            texts.map((text) => hash64(seedOf(id, FORM.exact), text)),
          ),
        ),
      );
    }
    default:
      throw unknownModifier(name, modifier, MODIFIERS);
  }
}

/** Folded as the index folds. */
export function readText(value: string, name: string): string {
  const text = fold(meant(value));
  if (text === '') throw malformed(name, 'some text; it is empty');
  return text;
}
