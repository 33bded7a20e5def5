// What the router uses of the mapping of results.
export { mapOruR01 } from './oru-r01.ts';
