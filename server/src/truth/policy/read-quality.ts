// What a policy says of sources whose checks fail: by how much each lowers their trust, and whether somebody is to look.
import type { YAMLMap } from 'yaml';
import type { QualityRules } from '../../quality/types.ts';
import { reasonOf } from './read-case.ts';
import { QUALITY_CHECKS, QUALITY_KEYS, TRUST_MAX } from './words.ts';
import { checkKeys, mapAt, problem, type Reader, wholeNumber } from './yaml-reader.ts';

export function readQuality(reader: Reader, root: YAMLMap): QualityRules | undefined {
  const quality = mapAt(reader, root, 'quality');
  if (quality === undefined) return undefined;
  checkKeys(reader, quality, QUALITY_KEYS);
  reasonOf(reader, quality, { name: 'quality', what: 'what it does to sources' });
  const lowers = mapAt(reader, quality, 'lowers');
  if (lowers !== undefined) checkKeys(reader, lowers, QUALITY_CHECKS);
  const opens: unknown = quality.get('opens-cases') ?? false;
  if (typeof opens !== 'boolean') problem(reader, quality, '"opens-cases" is true or false.');
  const by = QUALITY_CHECKS.flatMap((check) => {
    const points = lowers && wholeNumber(reader, lowers, { key: check, from: 0, to: TRUST_MAX });
    return points === undefined ? [] : [[check, points] as const];
  });
  return { lowers: Object.fromEntries(by), opensCases: opens === true };
}
