// Truth: statements folded into views, views and rulings decided into verdicts, verdicts explained.
export {
  type CaseStep,
  type CaseWait,
  isSamePerson,
  type LinkRuling,
  latestWait,
  type ProposedStep,
  waitingProposal,
} from './case-steps.ts';
export { type AskedRuling, type CheckedRuling, checkRuling, type RulingRefusal } from './check-ruling.ts';
export { competingSetFingerprint } from './competing-set.ts';
export { composePatient, VERDICT_STATE } from './compose-patient.ts';
export {
  type CaseSide,
  type ConflictCase,
  caseRuleOf,
  conflictCase,
  needsSecond,
  type SuggestedAction,
} from './conflict-case.ts';
export { type Conflict, type DecideInput, type Decision, decide } from './decide.ts';
export { ALLERGIES, type AllergyInput, type DecideAllergiesInput, decideAllergies } from './decide-allergies.ts';
export { changedBy } from './entry-candidate.ts';
export { ageOf, type CaseAge, type Escalation, escalationOf, PRIORITIES } from './escalation.ts';
export { notPossibleOn } from './exclusive.ts';
export { citedStatements, type Examined, examine, explain, type Telling, tell } from './explain.ts';
export { entriesKeyed, glancedTime, isKey, isTimed, isToldInParts, partAfter, timesOf } from './explain-choice.ts';
export type {
  ExplainInput,
  ExplainSubject,
  ExplainWhole,
  ListPart,
  RestingCase,
  SourceState,
} from './explain-input.ts';
export { type ExplainPath, type ExplainRefusal, pathUnder, typesAbout } from './explain-path.ts';
export { fold, foldNext, foldOn } from './fold.ts';
export { foldAgain, isFoldableAgain } from './fold-again.ts';
export { explainIdentity } from './identity/explain-identity.ts';
export type * from './identity/types.ts';
export {
  contradictEachOther,
  type LinkHandling,
  type LinkTold,
  linkHandling,
  linkTold,
  needsSecondForLink,
} from './link-stakes.ts';
export { type ClinicalListInput, decideClinicalList } from './lists/decide-clinical-list.ts';
export {
  ASKED_LISTS,
  askedVerdicts,
  entriesIn,
  isWatched,
  JUDGED_LISTS,
  JUDGED_TYPES,
  judgedList,
  type ListState,
  listState,
  listVerdicts,
  WATCHED_LONG,
  WATCHED_SHORT,
  watchedVerdicts,
} from './lists/list-conflicts.ts';
export { type NamedOrigins, originsNamed } from './lists/named-origins.ts';
export type { Difference, ListDecision, ListEntry, Sameness, Thing } from './lists/types.ts';
export {
  type Claims,
  claimsOf,
  entryName,
  foldedClaims,
  type Naming,
  nearEntries,
  ownClaims,
} from './near-claims.ts';
export { namingOf } from './near-to.ts';
export { compareMoments } from './order.ts';
export { bundlePolicy, type LoadedPolicy, loadPolicy, type ReadPart } from './policy/load-policy.ts';
export type { PolicyProblem } from './policy/yaml-reader.ts';
export { isRemoval } from './removal.ts';
export { parseView, rendersAlike, renderView, resourceOf, viewText } from './render-view.ts';
export { isWithdrawn, type Resting, restingOn, restingVerdicts } from './resting.ts';
export { restsOn } from './rests-on.ts';
export { type Superseded, supersede } from './supersede.ts';
export type { SupersessionOutcome } from './supersession.ts';
export type * from './types.ts';
export { type Reached, type Recorded, withdrawalReach } from './withdrawal.ts';
