// `_include` and `_revinclude`: https://hl7.org/fhir/R4/search.html#include                                                     (pure)
import { isResourceType } from '../../fhir/index.ts';
import { parametersOf } from '../parameters.ts';
import type { Include } from '../query.ts';
import { malformed, unknownModifier, unknownParameter } from '../refuse.ts';
import { askedParameter, idsOf, type SearchWorld } from './context.ts';

type Asked = {
  readonly modifier: string | undefined;
  readonly name: string;
  readonly types: readonly string[];
  readonly world: SearchWorld;
};

/** `Type:parameter[:Target]`, or `*` for every reference. */
export function readInclude(value: string, { modifier, name, types, world }: Asked): readonly Include[] {
  if (modifier !== undefined && modifier !== 'iterate' && modifier !== 'recurse')
    throw unknownModifier(name, modifier, ['iterate']);
  const iterate = modifier !== undefined;
  if (value === '*')
    return types.map((source) => wildcard(source, undefined, iterate)).filter((one) => one.params.length > 0);
  const [source = '', code, target, ...more] = value.split(':');
  if (!isResourceType(source) || code === undefined || more.length > 0)
    throw malformed(name, 'the form Type:parameter or Type:parameter:Target, such as Observation:subject:Patient');
  if (target !== undefined && !isResourceType(target))
    throw malformed(name, `a resource type behind the second ":"; "${target.slice(0, 64)}" is none`);
  if (code === '*') return [wildcard(source, target, iterate)];
  const parameter = askedParameter(source, code, world);
  const references = Object.values(parametersOf(source)).filter((one) => one.kind === 'reference');
  if (parameter === undefined || parameter.kind !== 'reference')
    throw unknownParameter(
      source,
      code,
      references.map((one) => one.code),
    );
  return [{ source, params: idsOf(parameter), target: target ?? parameter.only, iterate }];
}

function wildcard(source: string, target: string | undefined, iterate: boolean): Include {
  const references = Object.values(parametersOf(source)).filter(
    (one) => one.kind === 'reference' && one.sameAs === undefined,
  );
  return { source, params: references.map((one) => one.id), target, iterate };
}
