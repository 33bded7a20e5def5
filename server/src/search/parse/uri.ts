// URIs: https://hl7.org/fhir/R4/search.html#uri                                                                               (pure)
import { FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import type { Condition } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant } from '../split.ts';
import { type Asked, any, idsOf, termsOf } from './context.ts';

export function readUri({ parameter, name, modifier, values }: Asked): Condition {
  const params = idsOf(parameter);
  const texts = values.map(meant);
  if (texts.some((text) => text === '')) throw malformed(name, 'a URI; it is empty');
  const terms = (uris: readonly string[]): Condition =>
    any(
      params.map((id) =>
        termsOf(
          id,
          uris.map((uri) => hash64(seedOf(id, FORM.uri), uri)),
        ),
      ),
    );
  switch (modifier) {
    case undefined:
      return terms(texts);
    case 'above':
      return terms(texts.flatMap(prefixes));
    case 'below':
      return { kind: 'words', params, match: 'starts', values: texts };
    default:
      throw unknownModifier(name, modifier, ['missing', 'above', 'below']);
  }
}

/** A URL and all above it, to its host. An OID or UUID has nothing above. */
function prefixes(url: string): readonly string[] {
  const found = [url];
  const root = url.indexOf('://') < 0 ? url.length : url.indexOf('/', url.indexOf('://') + 3);
  for (let at = url.lastIndexOf('/'); at > root && root > 0; at = url.lastIndexOf('/', at - 1))
    found.push(url.slice(0, at), url.slice(0, at + 1));
  if (root > 0 && root < url.length) found.push(url.slice(0, root), url.slice(0, root + 1));
  return [...new Set(found)];
}
