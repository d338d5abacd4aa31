import type { ReplayReport } from '../../graphql/replay-report';
import { count } from '../../ui/format';
import { Card } from '../../ui/parts';
import { signed } from '../../ui/replay-words';
import { placeOn, scaleOf } from '../../ui/scale';

/** Rows that are shown: those with most money. */
const SHOWN = 15;

/** Which leads go elsewhere, and what each of these moves adds to the difference. */
export function Moves({ of, unit }: { of: NonNullable<ReplayReport['moves']>; unit: string }) {
  const cells = of.cells.filter(({ from, to }) => from !== to);
  const scale = scaleOf([0, ...cells.map(({ diff }) => diff)]);
  const zero = placeOn(scale, 0);
  return (
    <Card
      title="Leads that go elsewhere"
      aside={
        <span className="faint">
          {count(Math.round(of.n_moved))} of {count(of.n)} leads
        </span>
      }
    >
      {cells.length === 0 ? (
        <p className="faint">Every lead goes first where it went.</p>
      ) : (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col" className="right">
                  Leads
                </th>
                <th scope="col" className="right">
                  Adds to the difference
                </th>
                <th scope="col" className="move-bar-head">
                  <span className="visually-hidden">As a bar</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {cells.slice(0, SHOWN).map(({ from, to, leads, diff, diff_se }) => (
                <tr key={`${from} ${to}`}>
                  <td>{from ?? <span className="faint">nobody</span>}</td>
                  <td>
                    <strong>{to ?? 'nobody'}</strong>
                  </td>
                  <td className="right number">{leads.toLocaleString('en-US', { maximumFractionDigits: 1 })}</td>
                  <td className="right number">
                    {signed(diff, unit)}
                    {diff_se !== null && <span className="faint"> ± {signed(diff_se, unit).slice(1)}</span>}
                  </td>
                  <td aria-hidden>
                    <span className="move-bar">
                      <span
                        className={diff < 0 ? 'is-loss' : undefined}
                        style={{
                          insetInlineStart: `${Math.min(zero, placeOn(scale, diff)) * 100}%`,
                          inlineSize: `${Math.abs(placeOn(scale, diff) - zero) * 100}%`,
                        }}
                      />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {cells.length > SHOWN && <p className="faint">and {count(cells.length - SHOWN)} more</p>}
      <p className="faint">
        First offers are compared; what follows a refusal is in the money. ± is one standard error.
        {of.n_untold > 0 && ` Of ${count(of.n_untold)} leads it is not known where else they could have gone.`}
      </p>
    </Card>
  );
}
