import { useEffect, useRef } from 'react';
import { percent } from '../../ui/format';
import type { Graph, Port } from './model';

/** The flow as a list of steps in the order in which a lead meets them: the graph for those who read, or listen. */
export function Outline({
  graph,
  chosen,
  onChoose,
}: {
  graph: Graph;
  chosen: string | undefined;
  onChoose: (name: string) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever chooses a step by its name sees it
  useEffect(() => {
    list.current?.querySelector(':scope > .is-chosen')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <ol className="outline" ref={list}>
      {[...graph.steps.values()].map((step) => (
        <li key={step.name} className={step.name === chosen ? 'is-chosen' : undefined}>
          <button
            type="button"
            className="plain"
            aria-pressed={step.name === chosen}
            onClick={() => onChoose(step.name)}
          >
            <span className={`kind kind-${step.kind}`}>{step.kind}</span>
            <strong>{step.name}</strong>
            <span className="faint">{step.summary}</span>
          </button>
          <ul>
            {step.ports.map((port, at) => (
              <li key={at}>
                <PortWords port={port} graph={graph} onChoose={onChoose} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function PortWords({ port, graph, onChoose }: { port: Port; graph: Graph; onChoose: (name: string) => void }) {
  const leaf = graph.leaves.get(port.to);
  return (
    <>
      {port.label !== leaf?.label && <span className="faint">{port.label}</span>}
      {port.weightPpm !== undefined && <span className="number faint">{percent(port.weightPpm / 1e6)}</span>}
      <span aria-hidden className="faint">
        →
      </span>
      {leaf ? (
        <span className={`leaf leaf-${leaf.kind}`}>
          {leaf.kind === 'reject' ? `decline: ${leaf.label}` : leaf.label}
        </span>
      ) : (
        <button type="button" className="link" onClick={() => onChoose(port.to)}>
          {port.to}
        </button>
      )}
    </>
  );
}
