// Whether a value meets a profile, with nothing reported.
import { type Json, objectIn } from '../base/json.ts';
import { type Context, textIn } from './context.ts';

/** References may go round in circles; beyond this many from one to the next, what is there is taken as it is. */
const FOLLOWED_MAX = 4;

/** False too when the profile is not loaded. */
export function passes(value: Json, url: string, context: Context): boolean {
  const check = context.profiles.check(url);
  if (check === undefined) return false;
  if (context.followed >= FOLLOWED_MAX) return true;
  const type = context.profiles.typeOf(url);
  const own = textIn(objectIn(value)?.['resourceType']);
  if (own !== undefined && type !== undefined && own !== type) return false;
  const quiet: Context = {
    ...context,
    issues: [],
    errors: 0,
    path: [...context.path],
    warnings: false,
    followed: context.followed + 1,
  };
  check(value, quiet);
  return quiet.errors === 0;
}
