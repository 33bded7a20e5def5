// The three ways to find a person. Checked here only for what the server could not make sense of.
import { type FormEvent, type ReactNode, useState } from 'react';
import { hrefTo } from '../router.ts';
import { type PeopleSearch, readDate } from './search.ts';

const FIELDS = [
  { name: 'name', label: 'Name', hint: 'How a family or given name begins' },
  { name: 'identifier', label: 'NHS or hospital number', hint: 'Spaces do not matter' },
  { name: 'birthdate', label: 'Birth date', hint: 'For example 12/03/1961, or a year' },
] as const;

export function SearchForm({ search }: { search: PeopleSearch }): ReactNode {
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => {
      const entry = form.get(name);
      return typeof entry === 'string' ? entry.trim() : '';
    };
    const date = value('birthdate') === '' ? '' : readDate(value('birthdate'));
    if (date === undefined) {
      setError('Birth date must be like 12/03/1961, 03/1961 or 1961.');
      event.currentTarget.querySelector<HTMLInputElement>('#search-birthdate')?.focus();
      return;
    }
    setError(undefined);
    location.hash = hrefTo({ page: 'people', name: value('name'), identifier: value('identifier'), birthdate: date });
  };
  return (
    <search>
      <form className="v-filters" aria-label="Find a person" onSubmit={submit} noValidate>
        {FIELDS.map(({ name, label, hint }) => (
          <div className="v-field" key={name}>
            <label className="nhsuk-label" htmlFor={`search-${name}`}>
              {label}
            </label>
            <span className="v-small" id={`search-${name}-hint`}>
              {hint}
            </span>
            {name === 'birthdate' && error !== undefined && (
              <span className="nhsuk-error-message" id="search-birthdate-error" role="alert">
                <span className="nhsuk-u-visually-hidden">Error: </span>
                {error}
              </span>
            )}
            <input
              className={`nhsuk-input${name === 'birthdate' && error !== undefined ? ' nhsuk-input--error' : ''}`}
              id={`search-${name}`}
              name={name}
              key={search[name]}
              defaultValue={search[name]}
              autoComplete="off"
              spellCheck={false}
              aria-invalid={name === 'birthdate' && error !== undefined}
              aria-describedby={`search-${name}-hint${name === 'birthdate' && error !== undefined ? ' search-birthdate-error' : ''}`}
            />
          </div>
        ))}
        <button type="submit" className="nhsuk-button nhsuk-button--small">
          Find
        </button>
      </form>
    </search>
  );
}
