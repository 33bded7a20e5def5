// Data quality: statements counted, agreements measured, both judged.
export { agree, type IsSame, type Voice } from './agree.ts';
export { addStatement, type Counting, countersOf, type NhsNumbers } from './count.ts';
export { failingOf, find, NO_RULES, sumOf, trustAfter } from './find.ts';
export type * from './types.ts';
