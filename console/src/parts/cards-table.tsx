// A table that becomes one card per row on a narrow screen, each value under its column's name.
import type { ReactNode } from 'react';

export type Column<Row> = {
  readonly name: string;
  /** null: nothing to say; left out on a narrow screen. */
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
};
export type CardsTableProps<Row> = {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly rowClass?: (row: Row) => string | undefined;
  /** Said instead of an empty table. */
  readonly empty: string;
  readonly hideCaption?: boolean;
};

/** The first column names the row. Roles are written out because the narrow layout takes the table's own away. */
export function CardsTable<Row>(props: CardsTableProps<Row>): ReactNode {
  const { caption, columns, rows, rowKey, rowClass, empty, hideCaption = false } = props;
  if (rows.length === 0) return <p className="v-quiet">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: display: block on narrow screens removes the implied roles.
    <table className="v-cards" role="table">
      <caption className={hideCaption ? 'nhsuk-u-visually-hidden' : 'v-cards__caption'}>{caption}</caption>
      {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
      <thead role="rowgroup">
        {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
        <tr role="row">
          {columns.map((column) => (
            // biome-ignore lint/a11y/noRedundantRoles: as above
            <th key={column.name} scope="col" role="columnheader" className={column.numeric ? 'v-numeric' : undefined}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
      <tbody role="rowgroup">
        {rows.map((row) => (
          // biome-ignore lint/a11y/noRedundantRoles: as above
          <tr key={rowKey(row)} role="row" className={rowClass?.(row)}>
            {columns.map((column, index) => (
              <Cell key={column.name} column={column} row={row} first={index === 0} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row, first }: { column: Column<Row>; row: Row; first: boolean }): ReactNode {
  const content = column.cell(row);
  const empty = content === null ? 'v-cards__empty' : undefined;
  const className = column.numeric ? 'v-numeric' : empty;
  const inside = (
    <>
      <span className="v-cards__label" aria-hidden="true">
        {column.name}
      </span>
      <span className="v-cards__value">{content}</span>
    </>
  );
  if (first) {
    return (
      // biome-ignore lint/a11y/noRedundantRoles: as above
      <th scope="row" role="rowheader" className={className}>
        {inside}
      </th>
    );
  }
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <td role="cell" className={className}>
      {inside}
    </td>
  );
}
