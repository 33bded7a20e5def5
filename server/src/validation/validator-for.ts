// A validator of one profile or type, for those who check many resources against the same.
import { Refused } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { isResourceType } from '../fhir/definitions.ts';
import { baseLibrary, type Library } from '../fhir/library.ts';
import { checkOf } from './compile.ts';
import { invariantChecks } from './invariants.ts';
import { compileProfile } from './profiles.ts';
import type { Issue } from './types.ts';
import { type ValidateOptions, validate } from './validate.ts';

export type Validator = (
  resource: JsonObject,
  options?: Omit<ValidateOptions, 'type' | 'profiles' | 'library'>,
) => readonly Issue[];

/**
 * Compiles what is needed now rather than with the first resource. `target` is a resource type, or the canonical URL of a profile
 * that `library` has. Throws Refused when it is neither, or when the profile makes no sense.
 */
export function validatorFor(target: string, library: Library = baseLibrary()): Validator {
  if (isResourceType(target)) {
    checkOf(target);
    return (resource, options) => validate(resource, { ...options, type: target, library });
  }
  const type = library.structure(target)?.type;
  if (type === undefined) {
    throw new Refused(
      'profile-not-loaded',
      `Neither a resource type nor a loaded profile: ${target}. Load its package.`,
      target,
    );
  }
  compileProfile(library, target, invariantChecks);
  return (resource, options) => validate(resource, { ...options, type, library, profiles: [target] });
}
