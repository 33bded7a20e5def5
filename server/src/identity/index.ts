// Public face of identity: from a source subject's own view to links, and from links to persons.
export { components, inOrderOfSight, retiredSubjects } from './components.ts';
export { type Identified, type IdentifyInput, identify, type SenderMerge } from './identify.ts';
export { identityOf } from './identity-of.ts';
export * from './linking/index.ts';
export { linkingKeys, lookupKeys, verifiedNhsNumbers } from './lookup-keys.ts';
export { isNhsNumberSystem, NHS_NUMBER_SYSTEM, nhsNumber } from './nhs-number.ts';
export { pairHistories, pairsKeptApart } from './pair-history.ts';
export type * from './types.ts';
