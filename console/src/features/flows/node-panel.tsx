import { X } from 'lucide-react';
import type { FlowNode } from '../../graphql/flow-document';
import { percent } from '../../ui/format';
import { portsOf, summaryOf } from './model';

/** Everything that a node says. */
export function NodePanel({
  name,
  node,
  onClose,
  onChoose,
  fold,
}: {
  name: string;
  node: FlowNode;
  onClose: () => void;
  onChoose: (name: string) => void;
  /** Whether what is below it is folded; none if there is nothing to fold. */
  fold: { isFolded: boolean; toggle: () => void } | null;
}) {
  const hasShares = portsOf(node).some(({ weightPpm }) => weightPpm !== undefined);
  return (
    <aside className="node-panel" aria-label={`Node ${name}`}>
      <header>
        <span className={`kind kind-${node.kind}`}>{node.kind}</span>
        <h3>{name}</h3>
        <button type="button" className="plain icon" aria-label="Close" onClick={onClose}>
          <X aria-hidden size={16} />
        </button>
      </header>
      {fold && (
        <button type="button" className="button" onClick={fold.toggle}>
          {fold.isFolded ? 'Unfold what is below' : 'Fold what is below'} <kbd>z</kbd>
        </button>
      )}
      {summaryOf(node) && <p>{summaryOf(node)}</p>}
      {portsOf(node).length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Port</th>
              {hasShares && <th scope="col">Share</th>}
              <th scope="col">Leads to</th>
            </tr>
          </thead>
          <tbody>
            {portsOf(node).map((port, at) => (
              <tr key={at}>
                <td>{port.label}</td>
                {hasShares && (
                  <td className="number">{port.weightPpm === undefined ? '' : percent(port.weightPpm / 1e6)}</td>
                )}
                <td>
                  <button type="button" className="link" onClick={() => onChoose(port.to)}>
                    {port.to}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details>
        <summary>Document</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{JSON.stringify(node, null, 2)}</pre>
      </details>
    </aside>
  );
}
