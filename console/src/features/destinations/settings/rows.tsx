import type { ReactNode } from 'react';

interface Keyed {
  key: number;
}

/** Rows of one form that are added, changed and removed one by one. */
export function Rows<Row extends Keyed>({
  noun,
  rows,
  begin,
  onChange,
  children,
}: {
  /** What one of them is. */
  noun: string;
  rows: Row[];
  /** A row to begin with. */
  begin: (key: number) => Row;
  onChange: (rows: Row[]) => void;
  children: (row: Row, set: (part: Partial<Row>) => void, at: number) => ReactNode;
}) {
  return (
    <div className="stack settings-rows">
      {rows.map((row, at) => (
        <fieldset key={row.key} className="settings-row">
          <legend className="visually-hidden">
            {noun} {at + 1}
          </legend>
          {children(row, (part) => onChange(rows.map((old) => (old === row ? { ...old, ...part } : old))), at)}
          <button
            type="button"
            className="button settings-remove"
            onClick={() => onChange(rows.filter((old) => old !== row))}
          >
            Remove
            <span className="visually-hidden">
              {' '}
              {noun} {at + 1}
            </span>
          </button>
        </fieldset>
      ))}
      <div>
        <button
          type="button"
          className="button"
          onClick={() => onChange([...rows, begin(Math.max(-1, ...rows.map(({ key }) => key)) + 1)])}
        >
          Add a {noun}
        </button>
      </div>
    </div>
  );
}
