// Whether a value meets a profile, with nothing reported.
import type { Json } from '../base/json.ts';
import { type Context, objectIn, textIn } from './context.ts';

/** False too when the profile is not loaded. */
export function passes(value: Json, url: string, context: Context): boolean {
  const check = context.profiles.check(url);
  if (check === undefined) return false;
  const type = context.profiles.typeOf(url);
  const own = textIn(objectIn(value)?.['resourceType']);
  if (own !== undefined && type !== undefined && own !== type) return false;
  const quiet: Context = { ...context, issues: [], errors: 0, path: [...context.path], warnings: false };
  check(value, quiet);
  return quiet.errors === 0;
}
