// Every scripted incident of the morning, in one list.
import type { Script } from '../scene.ts';
import { DELIVERY_STORIES } from './delivery.ts';
import { IDENTITY_STORIES } from './identity.ts';
import { MALFORMED_STORIES } from './malformed.ts';
import { ODDITY_STORIES } from './oddities.ts';
import { RESULT_STORIES } from './results.ts';
import { VALUE_STORIES } from './values.ts';

export const SCRIPTS: readonly Script[] = [
  ...DELIVERY_STORIES,
  ...MALFORMED_STORIES,
  ...VALUE_STORIES,
  ...RESULT_STORIES,
  ...IDENTITY_STORIES,
  ...ODDITY_STORIES,
];
