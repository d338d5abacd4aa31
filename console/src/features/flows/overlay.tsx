import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { FlowDocument } from '../../graphql/flow-document';
import { FlowTraffic } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { amount } from '../../ui/figures';
import { count, percent } from '../../ui/format';
import { Money } from '../../ui/parts';
import { RangePicker, useRange } from '../../ui/range';
import { useKeys } from '../../ui/use-keys';
import type { Graph } from './model';
import { FEW, type Traffic, trafficOf } from './traffic';

export type Overlay = 'traffic' | 'money';

/** Names of the overlays in addresses. */
const OVERLAYS = ['none', 'traffic', 'money', 'whynot'] as const;

/** What went through the graph in the range of the address; nothing without an overlay. */
export function useTraffic(graph: Graph, document: FlowDocument, hash: string | null): Traffic | null {
  const { overlay, range = '7d' } = useSearch({ from: '/shell/flows/$flow' });
  const { from, before } = useRange(range);
  const isShown = (overlay === 'traffic' || overlay === 'money') && hash !== null;
  const asked = useAsk(
    FlowTraffic,
    { filter: { flow: document.flow, version: hash, from, to: before } },
    { poll: true, enabled: isShown },
  );
  return useMemo(() => {
    if (!isShown || !asked.data) return null;
    const { all, arms } = asked.data;
    return trafficOf(graph, document, all.metrics?.points ?? [], arms.metrics?.points ?? []);
  }, [isShown, asked.data, graph, document]);
}

const WORDS = { none: 'plain', traffic: 'traffic', money: 'money', whynot: 'why not' } as const;

/** What is drawn on the graph beside the flow itself, and of which time. */
export function OverlayPicker() {
  const { overlay, range = '7d' } = useSearch({ from: '/shell/flows/$flow' });
  const navigate = useNavigate({ from: '/flows/$flow' });
  const show = (it: (typeof OVERLAYS)[number]) =>
    void navigate({ search: (old) => ({ ...old, overlay: it === 'none' ? undefined : it }), replace: true });
  useKeys(Object.fromEntries(OVERLAYS.map((it, at) => [String(at + 1), () => show(it)])));
  return (
    <>
      <fieldset className="segments">
        <legend className="visually-hidden">Overlay</legend>
        {OVERLAYS.map((it) => (
          <label key={it}>
            <input type="radio" name="overlay" checked={(overlay ?? 'none') === it} onChange={() => show(it)} />
            <span>{WORDS[it]}</span>
          </label>
        ))}
      </fieldset>
      {(overlay === 'traffic' || overlay === 'money') && (
        <RangePicker
          value={range}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, range: next }), replace: true })}
        />
      )}
    </>
  );
}

/** What the colours and widths mean. */
export function OverlayLegend({ overlay, traffic }: { overlay: Overlay; traffic: Traffic }) {
  return (
    <ul className="chart-legend">
      <li>{count(traffic.leads)} leads of this version</li>
      {overlay === 'traffic' ? (
        <li>the wider a line, the more leads; thin where nobody counts them</li>
      ) : (
        <>
          <li>
            <span className="swatch heat-swatch" aria-hidden /> the fuller, the more a lead brings
          </li>
          <li>
            <span className="swatch heat-few" aria-hidden /> fewer than {FEW} leads
          </li>
        </>
      )}
    </ul>
  );
}

/** The same in numbers: who drew, which arm, how much. */
export function TrafficTable({ traffic }: { traffic: Traffic }) {
  const rows = [...traffic.ports].flatMap(([node, ports]) =>
    ports.flatMap((port) => (port ? [{ node, ...port }] : [])),
  );
  if (rows.length === 0) return null;
  return (
    <details className="as-table">
      <summary>As a table</summary>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Arm</th>
              {['Leads', 'Share', 'Sold', 'Revenue', 'A lead'].map((head) => (
                <th scope="col" className="right" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ node, arm, leads, share, sold, revenue, perLead }) => (
              <tr key={`${node} ${arm}`}>
                <th scope="row">{node}</th>
                <td>{arm}</td>
                <td className="right number">{count(leads)}</td>
                <td className="right number">{percent(share)}</td>
                <td className="right number">{count(sold)}</td>
                <td className="right">
                  <Money amount={revenue} currency={traffic.currency} />
                </td>
                <td className="right number">{perLead === null ? 'none' : amount(perLead, traffic.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
