// Keys that are looked up by index: the database limits their length, senders do not.
import { hash } from 'node:crypto';

/** Room for four bytes a character within the 2,700 bytes that an index entry may have. */
const CHARS_MAX = 400;
export const KEPT_CHARS = 300;

/** The key itself, or its beginning and a hash of the whole: equal keys stay equal, others stay apart. */
export function boundedKey(key: string): string {
  return key.length <= CHARS_MAX ? key : `${key.slice(0, KEPT_CHARS).toWellFormed()}#${hash('sha256', key, 'hex')}`;
}
