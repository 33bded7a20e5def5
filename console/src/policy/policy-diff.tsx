// What a proposed policy would change, tried on everybody as they stand. The server computes it while one looks; nothing is changed by it.
import { type ReactNode, useState } from 'react';
import type { PolicyDiff, ReasonChange, VerdictChange } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { harmText, Tag, VERDICTS } from '../parts/tags.tsx';
import { count } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { byHarm, changeInWords, type HarmGroup, personsInWords, reasonInWords } from './changes.ts';

const AGAIN_MS = 1_000;

export function PolicyDiffPart({ name }: { name: string }): ReactNode {
  const [done, setDone] = useState<PolicyDiff>();
  const answer = useAnswer<PolicyDiff>(
    done === undefined ? `/api/v1/policies/${encodeURIComponent(name)}/diff` : undefined,
    { everyMs: AGAIN_MS },
  );
  // A server tries a policy anew when it is asked again after the end, so the end is asked for once.
  if (done === undefined && answer.value?.done === true) setDone(answer.value);
  const shown = done === undefined ? answer : { ...answer, value: done, problem: undefined };
  return (
    <section>
      <h2 className="nhsuk-heading-m">What {name} would change</h2>
      {shown.problem?.status === 404 ? (
        <p className="v-notice">This server has no proposed policy called {name}.</p>
      ) : (
        <Loaded answer={shown}>{(diff) => <Diff diff={diff} />}</Loaded>
      )}
    </section>
  );
}

function Diff({ diff }: { diff: PolicyDiff }): ReactNode {
  const groups = byHarm(diff.verdicts);
  return (
    <>
      <div className="v-panel v-diffed">
        <p>
          <strong>{personsInWords(diff.persons)}</strong> Compared with <code>{diff.from}</code>, which is in force.
        </p>
        {!diff.done && <Progress progress={diff.progress} />}
        <dl className="v-balance__sum">
          <Sum name="people changed" value={diff.persons.changed} />
          <Sum name="cases opened" value={diff.cases.opened} />
          <Sum name="cases closed" value={diff.cases.closed} />
        </dl>
      </div>
      {groups.length === 0 && diff.done && <p>No verdict of anybody would change.</p>}
      {groups.map((group) => (
        <Group key={group.harm} group={group} most={Math.max(...diff.verdicts.map((one) => one.count))} />
      ))}
      {diff.reasons.length > 0 && <Reasons changes={diff.reasons} />}
      {diff.sources.length > 0 && <Trusts changes={diff.sources} />}
      {diff.done && (
        <ul className="v-small">
          <li>{diff.unaffected.identity}</li>
          <li>{diff.unaffected.dispatches}</li>
        </ul>
      )}
      {diff.done && (
        <p className="v-small">Nothing was changed by this trial. Other writes since then are not in it.</p>
      )}
    </>
  );
}

function Progress({ progress }: { progress: number }): ReactNode {
  const percent = Math.floor(progress * 100);
  return (
    <p role="status">
      <label htmlFor="trial">Comparing everybody: {percent} %</label>
      <progress id="trial" className="v-progress" max={100} value={percent} />
    </p>
  );
}

function Sum({ name, value }: { name: string; value: number }): ReactNode {
  return (
    <div className="v-balance__part">
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}

function Group({ group, most }: { group: HarmGroup; most: number }): ReactNode {
  return (
    <section className="v-diff-group">
      <h3 className="nhsuk-heading-s">{harmText(group.harm)}</h3>
      <CardsTable
        caption={`Changes of class ${group.harm}`}
        hideCaption
        rows={group.changes}
        rowKey={({ element, before, after }) => `${element} ${before} ${after}`}
        empty="None."
        columns={[
          { name: 'Element', cell: ({ element }) => elementLabel(element) },
          { name: 'Changes', cell: (change) => <Change change={change} /> },
          { name: 'People', cell: (change) => <People change={change} most={most} /> },
          { name: 'Examples', cell: ({ examples }) => <Examples ids={examples} /> },
        ]}
      />
    </section>
  );
}

/** Nothing else would be shown, but another rule or another class would stand behind it, and with it who has to decide, and by when. */
function Reasons({ changes }: { changes: readonly ReasonChange[] }): ReactNode {
  return (
    <section className="v-diff-group">
      <h3 className="nhsuk-heading-s">Shown as before, for another reason</h3>
      <CardsTable
        caption="The same values for another reason"
        hideCaption
        rows={changes}
        rowKey={(change) => `${change.element} ${change.state} ${reasonInWords(change)}`}
        empty="None."
        columns={[
          { name: 'Element', cell: ({ element }) => elementLabel(element) },
          { name: 'Verdict', cell: ({ state }) => <State state={state} /> },
          { name: 'Reason', cell: (change) => reasonInWords(change) },
          { name: 'People', cell: (change) => count(change.count) },
          { name: 'Examples', cell: ({ examples }) => <Examples ids={examples} /> },
        ]}
      />
    </section>
  );
}

/** The rules about failing checks would leave these sources believed more or less; what follows from it is in the figures above. */
function Trusts({ changes }: { changes: PolicyDiff['sources'] }): ReactNode {
  return (
    <section className="v-diff-group">
      <h3 className="nhsuk-heading-s">Sources believed otherwise</h3>
      <CardsTable
        caption="Trust by failing checks"
        hideCaption
        rows={changes}
        rowKey={({ source }) => source}
        empty="None."
        columns={[
          { name: 'Source', cell: ({ source }) => source },
          { name: 'Trust now', cell: ({ before }) => count(before) },
          { name: 'Trust then', cell: ({ after }) => count(after) },
        ]}
      />
    </section>
  );
}

function Change({ change }: { change: VerdictChange }): ReactNode {
  return (
    <>
      <State state={change.before} /> <span aria-hidden="true">→</span>
      <span className="nhsuk-u-visually-hidden"> becomes </span> <State state={change.after} />
      <span className="v-small">{changeInWords(change)}</span>
    </>
  );
}

function State({ state }: { state: VerdictChange['before'] }): ReactNode {
  if (state === 'none') return <Tag text="no verdict" colour="nhsuk-tag--grey" />;
  const { colour, means } = VERDICTS[state];
  return <Tag text={state} colour={colour} title={means} />;
}

/** The number, and beside the others how large it is. */
function People({ change, most }: { change: VerdictChange; most: number }): ReactNode {
  return (
    <span className="v-share">
      <span>{count(change.count)}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect x={0} y={0} height={10} width={Math.max(1, (100 * change.count) / Math.max(1, most))} />
      </svg>
    </span>
  );
}

function Examples({ ids }: { ids: readonly string[] }): ReactNode {
  return (
    <>
      {ids.map((id) => (
        <a key={id} className="v-listed" href={hrefTo({ page: 'person', id })}>
          {id}
        </a>
      ))}
    </>
  );
}
