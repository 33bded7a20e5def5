// "Why?": the explanation of one element, over the record it belongs to. Closing it gives the focus back to where it was asked.
import { type ReactNode, useEffect, useId, useRef } from 'react';
import type { Explanation } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { sayValue } from '../fhir/say.ts';
import { Loaded } from '../parts/failure.tsx';
import { harmText, VERDICTS, VerdictTag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { count } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { asOfThen, useMoment } from './moment.ts';
import { Witness } from './witness.tsx';

export function WhyDialog({ person, element }: { person: string; element: string }): ReactNode {
  const path = `/fhir/R4/Patient/${encodeURIComponent(person)}/$explain?path=${encodeURIComponent(element)}`;
  const answer = useAnswer<Explanation>(asOfThen(path, useMoment()));
  return (
    <WhyFrame person={person} title={`Why? ${elementLabel(element)}`}>
      <Loaded answer={answer}>{(explanation) => <Explained explanation={explanation} />}</Loaded>
    </WhyFrame>
  );
}

type WhyFrameProps = { readonly person: string; readonly title: string; readonly children: ReactNode };

/** The dialog itself, whatever it explains. */
export function WhyFrame({ person, title, children }: WhyFrameProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const then = useMoment();
  useEffect(() => {
    const shown = dialog.current;
    if (shown !== null && !shown.open) shown.showModal();
    return () => shown?.close();
  }, []);
  const leave = () => {
    // A close that was taken back before its event arrived.
    if (dialog.current?.open) return;
    location.replace(hrefTo({ page: 'person', id: person, ...then }));
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; a click beside it is an extra.
    <dialog
      ref={dialog}
      className="v-dialog"
      aria-labelledby={titleId}
      onClose={leave}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="v-dialog__inner">
        <div className="v-dialog__head">
          <h2 className="nhsuk-heading-m" id={titleId}>
            {title}
          </h2>
          <button
            type="button"
            className="nhsuk-button nhsuk-button--secondary nhsuk-button--small"
            onClick={() => dialog.current?.close()}
          >
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

function Explained({ explanation }: { explanation: Explanation }): ReactNode {
  // One who says the same is a witness, though the value was taken from another.
  const agreeing = explanation.setAside.filter(({ reason }) => reason === 'agrees');
  const setAside = explanation.setAside.filter(({ reason }) => reason !== 'agrees');
  const lines = sayValue(explanation.values, explanation.element);
  return (
    <>
      <div className={explanation.state === 'conflicting' ? 'v-answer v-alarm' : 'v-answer'}>
        <ul className={explanation.state === 'conflicting' ? 'v-values v-values--competing' : 'v-values'}>
          {lines.map((line, index) => (
            <li key={`${line}-${index.toString()}`}>{line}</li>
          ))}
        </ul>
        <p>
          <VerdictTag state={explanation.state} /> {VERDICTS[explanation.state]?.means}
        </p>
      </div>
      <Sentences title="What we know" lines={explanation.whatWeKnow} none="Nothing for certain." />
      <Sentences title="What we assume" lines={explanation.whatWeAssume} none="Nothing." />
      <section>
        <h3 className="nhsuk-heading-s">Who said what</h3>
        {explanation.said.length === 0 && <p className="v-quiet">No source has spoken.</p>}
        <ul className="v-witnesses">
          {explanation.said.map((said) => (
            <li key={said.statement}>
              <Witness said={said} element={explanation.element} />
            </li>
          ))}
          {agreeing.map((said) => (
            <li key={said.statement}>
              <Witness said={said} element={explanation.element} because={said.sentence} />
            </li>
          ))}
        </ul>
      </section>
      {setAside.length > 0 && (
        <section>
          <h3 className="nhsuk-heading-s">Set aside, and why</h3>
          <ul className="v-witnesses">
            {setAside.map((said) => (
              <li key={`${said.statement}-${said.reason}`}>
                <Witness said={said} element={explanation.element} because={said.sentence} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Rule explanation={explanation} />
    </>
  );
}

function Rule({ explanation }: { explanation: Explanation }): ReactNode {
  return (
    <section>
      <h3 className="nhsuk-heading-s">The rule</h3>
      <dl className="v-facts">
        <div>
          <dt>Rule</dt>
          <dd>
            <code>{explanation.rule}</code> of <code>{explanation.policy}</code>
          </dd>
        </div>
        <div>
          <dt>Harm class</dt>
          <dd>{harmText(explanation.harm)}</dd>
        </div>
        <div>
          <dt>As of</dt>
          <dd>
            ledger entry {count(explanation.asOf)}, <Time at={explanation.at} />
          </dd>
        </div>
      </dl>
      <details className="v-details">
        <summary>The same as one text</summary>
        <p className="v-prose">{explanation.text}</p>
      </details>
    </section>
  );
}

export function Sentences({
  title,
  lines,
  none,
}: {
  title: string;
  lines: readonly string[];
  none: string;
}): ReactNode {
  return (
    <section>
      <h3 className="nhsuk-heading-s">{title}</h3>
      {lines.length === 0 ? (
        <p className="v-quiet">{none}</p>
      ) : (
        <ul className="nhsuk-list nhsuk-list--bullet">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
