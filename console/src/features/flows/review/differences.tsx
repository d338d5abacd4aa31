import { count } from '../../../ui/format';
import { partText } from '../../../ui/sentences';
import type { NodeDiff, PartDiff, RowDiff } from './diff';

/** Rows of a table that are shown of one node. */
const ROWS_MAX = 200;

/** What differs, node by node: parts with what they said and say, and tables cell by cell. */
export function Differences({ nodes, flow }: { nodes: NodeDiff[]; flow: PartDiff[] }) {
  return (
    <div className="differences">
      {flow.length > 0 && (
        <section>
          <h3>The flow</h3>
          <Parts of={flow} />
        </section>
      )}
      {nodes.map((it) => (
        <section key={it.node}>
          <h3>
            <span className={`kind kind-${it.nodeKind}`}>{it.nodeKind}</span> {it.node}
            {it.kind !== 'changed' && <span className={`diff-word diff-${it.kind}`}>{it.kind}</span>}
          </h3>
          {it.parts.length > 0 && <Parts of={it.parts} />}
          {it.rows.length > 0 && <Rows columns={it.columns} rows={it.rows} />}
        </section>
      ))}
    </div>
  );
}

function Parts({ of }: { of: PartDiff[] }) {
  return (
    <dl className="diff-parts">
      {of.map(({ part, before, after }) => (
        <div key={part}>
          <dt>{partText(part)}</dt>
          <dd>
            <Cell before={before} after={after} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What it said and what it says. Colour, strike and place say it, so that none of the three is needed. */
function Cell({ before, after }: { before: string | null; after: string | null }) {
  if (before === after) return <span>{after}</span>;
  return (
    <span className="diff">
      {before !== null && before !== '' && <del>{before}</del>}
      {before !== null && before !== '' && after !== null && after !== '' && <span aria-hidden>→</span>}
      {after !== null && after !== '' && <ins>{after}</ins>}
    </span>
  );
}

function Rows({ columns, rows }: { columns: string[]; rows: RowDiff[] }) {
  const hasIf = rows.some(({ cells }) => Boolean(cells[columns.length]?.before || cells[columns.length]?.after));
  const heads = [...columns, ...(hasIf ? ['if'] : []), 'leads to'];
  const places = heads.map((_, at) => (at < columns.length ? at : at === heads.length - 1 ? columns.length + 1 : at));
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Row</th>
            {heads.map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map((row) => (
            <tr key={`${row.kind} ${row.from} ${row.to}`} className={`diff-row diff-${row.kind}`}>
              <th scope="row">
                <span className={`diff-word diff-${row.kind}`}>{row.kind}</span>{' '}
                <span className="number">{rowWords(row)}</span>
              </th>
              {places.map((at) => (
                <td key={at}>
                  <Cell before={row.cells[at]?.before ?? null} after={row.cells[at]?.after ?? null} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS_MAX && <p className="faint note">and {count(rows.length - ROWS_MAX)} more rows</p>}
    </div>
  );
}

function rowWords({ from, to }: RowDiff): string {
  if (from === null) return String((to ?? 0) + 1);
  if (to === null) return String(from + 1);
  return from === to ? String(to + 1) : `${from + 1} → ${to + 1}`;
}
