// The form of a search: names completed from what the server lists, a hint for each value, as many rows as wanted.
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { TypeCapability } from './capability.ts';
import { completions, hintFor, isTelling, type Pair, valueCompletions } from './query.ts';

type BuilderProps = {
  readonly capability: TypeCapability;
  readonly pairs: readonly Pair[];
  readonly onSearch: (pairs: readonly Pair[]) => void;
};
type Row = { readonly key: number; readonly name: string; readonly value: string };

export function SearchBuilder({ capability, pairs, onSearch }: BuilderProps): ReactNode {
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(pairs));
  const form = useRef<HTMLFormElement>(null);
  const change = (key: number, part: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = rows.map(({ name, value }): Pair => [name.trim(), value.trim()]);
    onSearch(given.filter(([name]) => name !== ''));
  };
  const add = () => setRows([...rows, { key: Math.max(...rows.map(({ key }) => key), 0) + 1, name: '', value: '' }]);
  const remove = (key: number) => {
    const rest = rows.filter((row) => row.key !== key);
    setRows(rest.length > 0 ? rest : rowsOf([]));
    form.current?.querySelector<HTMLInputElement>('input')?.focus();
  };
  return (
    <search>
      <form className="v-builder" aria-label={`Search ${capability.type}`} onSubmit={submit} ref={form} noValidate>
        <datalist id="explorer-names">
          {completions(capability).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {rows.map((row, at) => (
          <BuilderRow
            key={row.key}
            {...{ row, capability }}
            number={at + 1}
            onChange={(part) => change(row.key, part)}
            onRemove={() => remove(row.key)}
          />
        ))}
        <p className="v-builder__actions">
          <button type="submit" className="nhsuk-button nhsuk-button--small">
            Search
          </button>
          <button type="button" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small" onClick={add}>
            Add a parameter
          </button>
        </p>
      </form>
      <p className="v-small v-explorer__note">
        Searches are sent as a form (POST _search), so their values stand in no address and no log of addresses. The
        address of this page, which you may pass on, holds the type and harmless parameters; what could tell who a
        patient is (names, identifiers, dates of birth, chains) stays in this window alone.
      </p>
    </search>
  );
}

function rowsOf(pairs: readonly Pair[]): readonly Row[] {
  const all = pairs.length === 0 ? [['', ''] as const] : pairs;
  return all.map(([name, value], key) => ({ key, name, value }));
}

type RowProps = {
  readonly row: Row;
  readonly number: number;
  readonly capability: TypeCapability;
  readonly onChange: (part: Partial<Row>) => void;
  readonly onRemove: () => void;
};

function BuilderRow({ row, number, capability, onChange, onRemove }: RowProps): ReactNode {
  const id = `explorer-${row.key}`;
  const values = valueCompletions(capability, row.name);
  const hint = hintFor(capability, row.name);
  const stays = row.name !== '' && isTelling(capability, row.name);
  return (
    <fieldset className="v-builder__row">
      <legend className="nhsuk-u-visually-hidden">Parameter {number}</legend>
      <div className="v-field">
        <label className="nhsuk-label" htmlFor={`${id}-name`}>
          Parameter
        </label>
        <input
          className="nhsuk-input"
          id={`${id}-name`}
          list="explorer-names"
          value={row.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      </div>
      <div className="v-field v-builder__value">
        <label className="nhsuk-label" htmlFor={`${id}-value`}>
          Value
        </label>
        <input
          className="nhsuk-input"
          id={`${id}-value`}
          list={values.length > 0 ? `${id}-values` : undefined}
          value={row.value}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-describedby={`${id}-hint`}
        />
        {values.length > 0 && (
          <datalist id={`${id}-values`}>
            {values.map((value) => (
              <option key={value} value={value} />
            ))}
          </datalist>
        )}
      </div>
      <button type="button" className="v-link-button v-builder__remove" onClick={onRemove}>
        Remove<span className="nhsuk-u-visually-hidden"> parameter {number}</span>
      </button>
      <span className="v-small v-builder__hint" id={`${id}-hint`}>
        {hint}
        {stays && `${hint === '' ? '' : '. '}Stays out of the address.`}
      </span>
    </fieldset>
  );
}
