// A field of a form with its label, what belongs into it, and what is wrong with what was entered.
import type { ReactNode } from 'react';

type FieldProps = {
  /** Before the name in the field's id: two forms may stand on one page. */
  readonly form: string;
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly error: string | undefined;
  /** Several lines of text where not given. */
  readonly input?: {
    readonly type: 'text' | 'datetime-local';
    readonly autoComplete: 'name' | 'off';
    readonly defaultValue?: string | undefined;
  };
};

export function Field({ form, name, label, hint, error, input }: FieldProps): ReactNode {
  const id = `${form}-${name}`;
  const shared = {
    id,
    name,
    'aria-invalid': error !== undefined,
    'aria-describedby': `${id}-hint${error === undefined ? '' : ` ${id}-error`}`,
  };
  return (
    <div className="v-field">
      <label className="nhsuk-label" htmlFor={id}>
        {label}
      </label>
      <span className="v-small" id={`${id}-hint`}>
        {hint}
      </span>
      <ErrorText id={`${id}-error`} error={error} />
      {input === undefined ? (
        <textarea className="nhsuk-textarea" rows={3} {...shared} />
      ) : (
        <input className="nhsuk-input" {...input} {...shared} />
      )}
    </div>
  );
}

export function ErrorText({ id, error }: { id: string; error: string | undefined }): ReactNode {
  if (error === undefined) return null;
  return (
    <span className="nhsuk-error-message" id={id}>
      <span className="nhsuk-u-visually-hidden">Error: </span>
      {error}
    </span>
  );
}
