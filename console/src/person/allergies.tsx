// Allergies, where nobody can miss them. A conflict shows every side; "none known" is said only when it is the verdict.
import type { ReactNode } from 'react';
import type { JsonObject, PersonVerdict } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { entries, get, getText, list } from '../fhir/read.ts';
import { codeable } from '../fhir/say.ts';
import { Tag, VerdictTag } from '../parts/tags.tsx';
import { RecordPart } from './record-part.tsx';
import { Values, WhyLink } from './values.tsx';

// SNOMED CT: no known allergy, drug allergy, food allergy, environmental allergy.
const NONE_KNOWN = ['716186003', '409137002', '429625007', '428607008'];

type AllergiesProps = { readonly person: string; readonly verdict: PersonVerdict | undefined };

export function Allergies({ person, verdict }: AllergiesProps): ReactNode {
  return (
    <section className="v-allergies">
      <div className="v-allergies__head">
        <h2 className="nhsuk-heading-m">Allergies</h2>
        {verdict !== undefined && (
          <span>
            <VerdictTag state={verdict.state} /> <WhyLink person={person} element={verdict.element} />
          </span>
        )}
      </div>
      <RecordPart path={`/fhir/R4/AllergyIntolerance?patient=${encodeURIComponent(person)}`}>
        {(bundle) => <AllergyLines all={entries(bundle)} verdict={verdict} />}
      </RecordPart>
    </section>
  );
}

function AllergyLines({ all, verdict }: { all: readonly JsonObject[]; verdict: PersonVerdict | undefined }): ReactNode {
  if (all.length === 0) {
    if (verdict !== undefined && verdict.values.length > 0) return <Values verdict={verdict} />;
    return <p>No source has said anything about allergies. That is not the same as “no known allergies”.</p>;
  }
  return (
    <ul className="v-allergies__list">
      {gravestFirst(all).map((allergy) => (
        <li key={getText(allergy, 'id')}>
          <Allergy allergy={allergy} />
        </li>
      ))}
    </ul>
  );
}

/** High risk first, "none known" last: what can do harm is read first. */
function gravestFirst(all: readonly JsonObject[]): JsonObject[] {
  const rank = (allergy: JsonObject) => {
    if (getText(allergy, 'criticality') === 'high') return 0;
    return isNoneKnown(allergy) ? 2 : 1;
  };
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function isNoneKnown(allergy: JsonObject): boolean {
  const codes = list(get(allergy, 'code', 'coding')).map((coding) => getText(coding, 'code') ?? '');
  return (
    codes.some((code) => NONE_KNOWN.includes(code)) || /^(no known|nka$|nkda$)/i.test(codeable(allergy['code']) ?? '')
  );
}

function Allergy({ allergy }: { allergy: JsonObject }): ReactNode {
  const verification = getText(allergy, 'verificationStatus', 'coding', 0, 'code');
  const clinical = getText(allergy, 'clinicalStatus', 'coding', 0, 'code');
  const gone = verification === 'entered-in-error' || verification === 'refuted';
  const name = codeable(get(allergy, 'code')) ?? elementLabel('AllergyIntolerance');
  const spelledOut = getText(allergy, 'code', 'coding', 0, 'display');
  const reactions = list(get(allergy, 'reaction')).flatMap((reaction) =>
    list(get(reaction, 'manifestation')).map((manifestation) => codeable(manifestation) ?? ''),
  );
  const criticality = getText(allergy, 'criticality');
  return (
    <>
      {gone ? <s className="v-allergies__name">{name}</s> : <strong className="v-allergies__name">{name}</strong>}
      {spelledOut !== undefined && spelledOut !== name && <span className="v-quiet">{spelledOut}</span>}
      {reactions.length > 0 && <span> {reactions.join(', ')}</span>}
      {criticality === 'high' && <Tag text="high risk" colour="nhsuk-tag--red" />}
      {gone && <Tag text={verification === 'refuted' ? 'refuted' : 'withdrawn'} colour="nhsuk-tag--grey" />}
      {!gone && clinical !== undefined && clinical !== 'active' && <Tag text={clinical} colour="nhsuk-tag--grey" />}
      {!gone && verification !== undefined && verification !== 'confirmed' && (
        <span className="v-small v-inline"> {verification}</span>
      )}
    </>
  );
}
