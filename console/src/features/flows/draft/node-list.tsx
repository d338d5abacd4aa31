import { CircleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { FlowDocument } from '../../../graphql/flow-document';
import type { FindingFragment } from '../../../graphql/generated';
import { graphOf } from '../model';

/** Every node of a draft: steps as a lead meets them, then values, then where walks end; found by name or by what they say. */
export function NodeList({
  document,
  findings,
  chosen,
  onChoose,
}: {
  document: FlowDocument;
  findings: readonly FindingFragment[];
  chosen: string;
  onChoose: (name: string) => void;
}) {
  const [text, setText] = useState('');
  const names = useMemo(() => {
    const graph = graphOf(document);
    const met = [...graph.steps.keys(), ...graph.values.keys(), ...graph.leaves.keys()];
    // What no port leads to is still a node.
    return [...met, ...Object.keys(document.nodes).filter((name) => !met.includes(name))];
  }, [document]);
  const wanted = text.trim().toLowerCase();
  const shown = wanted === '' ? names : names.filter((name) => says(document, name).includes(wanted));
  return (
    <div className="node-list">
      <input
        type="search"
        aria-label="Find a node by name or by what it says"
        placeholder="Name, field, destination"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul>
        {shown.map((name) => {
          const own = findings.filter((it) => it.node === name);
          const hasError = own.some(({ severity }) => severity === 'ERROR');
          return (
            <li key={name}>
              <button type="button" aria-current={name === chosen ? 'true' : undefined} onClick={() => onChoose(name)}>
                <span className={`kind kind-${document.nodes[name]?.kind}`}>{document.nodes[name]?.kind}</span>
                <span className="node-name">{name}</span>
                {own.length > 0 && (
                  <span className={hasError ? 'mark is-error' : 'mark is-warning'}>
                    <CircleAlert aria-hidden size={14} />
                    <span className="visually-hidden">{hasError ? 'with an error' : 'with a warning'}</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      {shown.length === 0 && <p className="faint">No node says that.</p>}
    </div>
  );
}

/** What a search looks through. The rows of a long table are left out: they have a search of their own. */
function says(document: FlowDocument, name: string): string {
  const { rows, ...node } = document.nodes[name] ?? { kind: '' };
  const few = Array.isArray(rows) && rows.length <= 200 ? rows : [];
  return `${name} ${JSON.stringify(node)} ${JSON.stringify(few)}`.toLowerCase();
}
