import { Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { Choice } from '../../../ui/choice';
import { scaled } from '../../../ui/form';
import { percent } from '../../../ui/format';
import { Bar } from '../../../ui/parts';
import { capital } from '../../../ui/sentences';
import { cellText, readCell } from './cells';
import { weightsOf } from './changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton, Committed, RemoveButton } from './fields';
import { Grid } from './grid';
import { Predicate } from './predicate-field';
import { withWeight } from './weights';

/** The editor of one node: what its kind has, each part with what the checks say of it; and the whole as JSON. */
export function NodeEditor({ name }: { name: string }) {
  const { document, editor, findings } = useWork();
  const node = document.nodes[name];
  if (!node) return <p className="note">There is no node {name} in the draft.</p>;
  const rest = findingsAt(findings, name).filter(({ part }) => part === null);
  return (
    <div className="node-editor">
      <header>
        <span className={`kind kind-${node.kind}`}>{node.kind}</span>
        <h2>{name}</h2>
        {name === document.root ? (
          <span className="tag">root</span>
        ) : (
          <button
            type="button"
            className="plain"
            onClick={() => editor.change({ kind: 'node', node: name, before: node, after: null })}
          >
            <Trash2 aria-hidden size={14} /> Remove
          </button>
        )}
      </header>
      <FindingsOf of={rest} />
      <Parts name={name} node={node} />
      <AsJson key={name} name={name} node={node} />
    </div>
  );
}

function Parts({ name, node }: { name: string; node: FlowNode }) {
  switch (node.kind) {
    case 'when':
      return (
        <>
          <Predicate node={name} part="if" value={String(node.if ?? '')} label="Takes “then” if" />
          <Ports node={name} ports={[port('then', node.then), port('otherwise', node.otherwise)]} />
        </>
      );
    case 'split':
      return <Weights node={name} />;
    case 'table':
      return (
        <>
          <Grid node={name} />
          <Ports node={name} ports={[port('otherwise', node.otherwise)]} />
        </>
      );
    case 'scorecard':
      return <Points name={name} node={node} />;
    case 'switch':
      return <Cases name={name} node={node} />;
    case 'bandit':
      return (
        <>
          <Bandit name={name} node={node} />
          <Ports node={name} ports={armPorts(node)} />
        </>
      );
    case 'rotate':
      return <Ports node={name} ports={armPorts(node)} />;
    case 'auction': {
      const bidders = (node.bidders ?? []) as { to: string }[];
      return <Ports node={name} ports={bidders.map(({ to }, at) => port(`bidders[${at}].to`, to, `${at + 1}.`))} />;
    }
    case 'waterfall':
      return (
        <Ports node={name} ports={((node.to ?? []) as string[]).map((to, at) => port(`to[${at}]`, to, `${at + 1}.`))} />
      );
    default:
      return null;
  }
}

interface Port {
  part: string;
  to: string;
  label: string;
}

function port(part: string, to: unknown, label = part): Port {
  return { part, to: typeof to === 'string' ? to : '', label };
}

function armPorts(node: FlowNode): Port[] {
  const arms = (node.arms ?? []) as { name?: string; to: string }[];
  return arms.map((arm, at) => port(`arms[${at}].to`, arm.to, arm.name ?? `arm ${at + 1}`));
}

/** Where ports lead. */
function Ports({ node, ports }: { node: string; ports: Port[] }) {
  const { findings, setValue } = useWork();
  return (
    <div className="ports">
      {ports
        .filter(({ to }) => to !== '')
        .map(({ part, to, label }) => (
          <div key={part}>
            <PortChoice
              label={capital(`${label} leads to`)}
              value={to}
              onChange={(next) => setValue(node, part, next)}
            />
            <FindingsOf of={findingsAt(findings, node, part)} />
          </div>
        ))}
    </div>
  );
}

/** One of the nodes that a port may lead to: all but rules that are values. */
export function PortChoice({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (to: string) => void;
}) {
  const { document } = useWork();
  const names = Object.entries(document.nodes)
    .filter(([, { kind }]) => kind !== 'scorecard' && kind !== 'derive')
    .map(([name]) => name)
    .sort();
  return <Choice label={label} value={value} options={names} isRequired onChange={(next) => next && onChange(next)} />;
}

function Weights({ node }: { node: string }) {
  const { document, editor, findings } = useWork();
  const weights = weightsOf(document, node);
  const arms = (document.nodes[node]?.arms ?? []) as { name?: string; to: string }[];
  const names = Object.keys(weights);
  const set = (arm: string, text: string): string | null => {
    const ppm = scaled(text, 10_000);
    if (ppm === null || ppm < 0 || ppm > 1_000_000) return `\`${text.trim()}\` is no share from 0 to 100 %`;
    editor.change({ kind: 'weights', node, before: weights, after: withWeight(weights, arm, ppm) });
    return null;
  };
  return (
    <>
      <table className="weights">
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col">Share</th>
            <th scope="col" aria-label="Share as a bar" />
            <th scope="col">Leads to</th>
          </tr>
        </thead>
        <tbody>
          {names.map((arm, at) => (
            <tr key={arm}>
              <th scope="row">{arm}</th>
              <td>
                <Committed
                  label={`Share of ${arm}`}
                  kind="number"
                  unit="%"
                  value={String((weights[arm] ?? 0) / 10_000)}
                  read={(text) => set(arm, text)}
                />
              </td>
              <td>
                <Bar
                  value={weights[arm] ?? 0}
                  max={1_000_000}
                  label={`${arm}: ${percent((weights[arm] ?? 0) / 1_000_000)}`}
                />
              </td>
              <td>
                <Ports node={node} ports={[port(`arms[${at}].to`, arms[at]?.to, arm)]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="faint">The other arms share the rest in proportion.</p>
      <FindingsOf of={findingsAt(findings, node, 'arms').filter(({ part }) => !part?.endsWith('.to'))} />
    </>
  );
}

function Points({ name, node }: { name: string; node: FlowNode }) {
  const { editor, setValue } = useWork();
  const points = (node.points ?? []) as { if: string; points: number }[];
  const put = (next: { if: string; points: number }[]) =>
    editor.change({ kind: 'node', node: name, before: node, after: { ...node, points: next } });
  return (
    <div className="entries">
      {points.map((entry, at) => (
        <div className="entry" key={at}>
          <Predicate node={name} part={`points[${at}].if`} value={entry.if} label={`Entry ${at + 1}: if`} />
          <Committed
            label="Points"
            kind="number"
            value={String(entry.points)}
            read={(text) => {
              const value = Number(text);
              if (text.trim() === '' || !Number.isInteger(value)) return `\`${text}\` is no whole number`;
              setValue(name, `points[${at}].points`, value);
              return null;
            }}
          />
          <RemoveButton
            label={`Remove entry ${at + 1}`}
            onPress={() => put(points.filter((_, other) => other !== at))}
          />
        </div>
      ))}
      <AddButton onPress={() => put([...points, { if: 'true', points: 0 }])}>Add an entry</AddButton>
    </div>
  );
}

function Cases({ name, node }: { name: string; node: FlowNode }) {
  const { columns, setValue } = useWork();
  const cases = (node.cases ?? []) as { in: unknown[]; to: string }[];
  const on = String(node.on ?? '');
  const column = columns.find((it) => it.name === on) ?? { name: on, kind: 'text', labels: null };
  return (
    <div className="entries">
      {cases.map((it, at) => (
        <div className="entry" key={at}>
          <Committed
            label={`Case ${at + 1}: ${on} is one of`}
            value={cellText(it.in)}
            read={(text) => {
              const read = readCell(text, column);
              if ('mistake' in read) return read.mistake;
              if (!Array.isArray(read.cell)) return 'a case has values, such as CA, TX';
              setValue(name, `cases[${at}].in`, read.cell);
              return null;
            }}
          />
          <Ports node={name} ports={[port(`cases[${at}].to`, it.to, `case ${at + 1}`)]} />
        </div>
      ))}
      <Ports node={name} ports={[port('otherwise', node.otherwise)]} />
    </div>
  );
}

const OBJECTIVES = ['net_revenue', 'conversions', 'accepted'] as const;

function Bandit({ name, node }: { name: string; node: FlowNode }) {
  const { setValue } = useWork();
  return (
    <div className="field-row">
      <Committed
        label="Explores"
        kind="number"
        unit="% of draws"
        value={String(Number(node.explore_ppm ?? 0) / 10_000)}
        read={(text) => {
          const ppm = scaled(text, 10_000);
          if (ppm === null || ppm < 0 || ppm > 1_000_000) return `\`${text.trim()}\` is no share from 0 to 100 %`;
          setValue(name, 'explore_ppm', ppm);
          return null;
        }}
      />
      <Choice
        label="Learns for"
        value={String(node.maximize ?? 'net_revenue')}
        options={OBJECTIVES}
        show={(it) => it.replaceAll('_', ' ')}
        isRequired
        onChange={(next) => next && setValue(name, 'maximize', next)}
      />
    </div>
  );
}

/** The node as it is written: whatever no field above has. */
function AsJson({ name, node }: { name: string; node: FlowNode }) {
  const { editor } = useWork();
  const [text, setText] = useState<string | null>(null);
  const [mistake, setMistake] = useState<string | null>(null);
  const id = useId();
  if (Array.isArray(node.rows) && node.rows.length > 200) return null;
  const take = () => {
    try {
      const next = JSON.parse(text ?? '') as FlowNode;
      if (typeof next !== 'object' || next === null || typeof next.kind !== 'string') {
        setMistake('a node is an object with a kind');
        return;
      }
      editor.change({ kind: 'node', node: name, before: node, after: next });
      setText(null);
      setMistake(null);
    } catch (error) {
      setMistake(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <details>
      <summary>As JSON</summary>
      <div className="field field-long">
        <label htmlFor={id}>The whole node</label>
        <textarea
          id={id}
          className="mono"
          rows={10}
          spellCheck={false}
          aria-invalid={mistake !== null}
          value={text ?? JSON.stringify(node, null, 2)}
          onChange={(event) => setText(event.target.value)}
        />
        {mistake && (
          <p className="field-errors" role="alert">
            {mistake}
          </p>
        )}
        {text !== null && (
          <div className="ask-buttons">
            <button type="button" className="button" onClick={take}>
              Take it
            </button>
            <button
              type="button"
              className="plain"
              onClick={() => {
                setText(null);
                setMistake(null);
              }}
            >
              Leave it
            </button>
          </div>
        )}
      </div>
    </details>
  );
}
