// One case: what is disputed, side by side, and the form by which a person decides.
import type { ReactNode } from 'react';
import type { CaseSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { hrefTo } from '../router.ts';
import { CaseFacts, SuggestedActions } from './case-facts.tsx';
import { CaseHistory } from './case-history.tsx';
import { caseTitle, decisionFor } from './case-kinds.ts';
import { Competitors } from './competitors.tsx';
import { IdentityReview } from './identity-review.tsx';
import { Outcome } from './outcome.tsx';
import { Proposal } from './proposal.tsx';
import { RulingForm } from './ruling-form.tsx';

export function CasePage({ id }: { id: string }): ReactNode {
  const answer = useAnswer<CaseSummary>(`/api/v1/cases/${encodeURIComponent(id)}`);
  return (
    <>
      <PageHeading title={answer.value === undefined ? 'Case' : caseTitle(answer.value)} />
      {answer.problem?.status === 404 ? (
        <p>
          There is no case <code>{id}</code>. <a href={hrefTo({ page: 'cases' })}>Open cases</a>
        </p>
      ) : (
        <Loaded answer={answer}>{(found) => <Case found={found} reload={answer.reload} />}</Loaded>
      )}
    </>
  );
}

function Case({ found, reload }: { found: CaseSummary; reload: () => void }): ReactNode {
  const decision = decisionFor(found);
  return (
    <>
      <CaseFacts found={found} />
      {decision === 'choose-value' && <Competitors found={found} />}
      {decision === 'same-or-not' && <IdentityReview found={found} />}
      {decision === 'repair' && <Repair found={found} />}
      <CaseHistory found={found} />
      {found.state === 'open' && found.proposal !== undefined && (
        <Proposal found={found} proposal={found.proposal} onStale={reload} />
      )}
      {found.state === 'open' && found.proposal === undefined && decision !== 'repair' && (
        <>
          <SuggestedActions found={found} />
          <RulingForm found={found} decision={decision} onStale={reload} />
        </>
      )}
      {found.state === 'closed' && <Outcome found={found} />}
    </>
  );
}

function Repair({ found }: { found: CaseSummary }): ReactNode {
  return (
    <p className="v-notice">
      {found.receipt === undefined ? (
        'This case closes by itself when a source sends something that settles it.'
      ) : (
        <>
          Look at <a href={hrefTo({ page: 'receipt', id: found.receipt })}>receipt {found.receipt}</a>: it shows what is
          wrong and where. Ask the sender to correct and send it again; this case closes by itself when that is applied.
        </>
      )}
    </p>
  );
}
