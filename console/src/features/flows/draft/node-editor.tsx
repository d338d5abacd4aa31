import { Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { BanditArms, RotateArms, SplitArms } from './arms';
import { AsJson } from './as-json';
import { Bandit } from './bandit';
import { Cases } from './cases';
import { Columns } from './columns';
import { FindingsOf, findingsAt, useWork } from './context';
import { Draws } from './draws';
import { Earnings } from './earnings';
import { Grid } from './grid';
import { Destination, Reject, Subflow } from './leaves';
import { Auction, WaterfallPorts } from './orders';
import { Port, Ports } from './ports';
import { Predicate } from './predicate-field';
import { Rename } from './rename';
import { isValue } from './renamed';
import { Rotate } from './rotate';
import { Derive, Points } from './values';

/** The editor of one node: what its kind has, each part with what the checks say of it; and the whole as JSON.
 *
 * * `hasFocus`: whether it was gone to, so that whoever works by keyboard goes on here. */
export function NodeEditor({ name, hasFocus }: { name: string; hasFocus: boolean }) {
  const { document, editor, findings, choose } = useWork();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasFocus) heading.current?.focus();
  }, [hasFocus]);
  const node = document.nodes[name];
  if (!node) return <p className="note">There is no node {name} in the draft.</p>;
  const rest = findingsAt(findings, name).filter(({ part }) => part === null);
  const isRoot = name === document.root;
  return (
    <div className="node-editor">
      <header>
        <span className={`kind kind-${node.kind}`}>{node.kind}</span>
        <h2 ref={heading} tabIndex={-1}>
          {name}
        </h2>
        {isRoot && <span className="tag">root</span>}
        <div className="node-actions">
          {!isRoot && !isValue(node) && (
            <button
              type="button"
              className="button"
              onClick={() => editor.change({ kind: 'root', before: document.root, after: name })}
            >
              Leads start here
            </button>
          )}
          <Rename name={name} node={node} />
          {!isRoot && (
            <button
              type="button"
              className="plain"
              onClick={() => {
                editor.change({ kind: 'node', node: name, before: node, after: null });
                choose(document.root);
              }}
            >
              <Trash2 aria-hidden size={14} /> Remove
            </button>
          )}
        </div>
      </header>
      <FindingsOf of={rest} />
      <Parts name={name} node={node} />
      <Earnings node={name} />
      <AsJson key={name} name={name} node={node} />
    </div>
  );
}

function Parts({ name, node }: { name: string; node: FlowNode }) {
  switch (node.kind) {
    case 'destination':
      return <Destination name={name} />;
    case 'reject':
      return <Reject name={name} />;
    case 'subflow':
      return <Subflow name={name} />;
    case 'when':
      return (
        <>
          <Predicate node={name} part="if" value={String(node.if ?? '')} label="Takes “then” if" />
          <Ports node={name} parts={['then', 'otherwise']} />
        </>
      );
    case 'switch':
      return <Cases name={name} node={node} />;
    case 'table':
      return (
        <>
          <Columns name={name} node={node} />
          <Grid node={name} />
          <Port node={name} part="otherwise" none="nothing: some row always matches" />
        </>
      );
    case 'split':
      return (
        <>
          <SplitArms node={name} />
          <Draws node={name} />
        </>
      );
    case 'bandit':
      return (
        <>
          <BanditArms node={name} />
          <Bandit node={name} />
          <Draws node={name} />
        </>
      );
    case 'rotate':
      return (
        <>
          <Rotate node={name} />
          <RotateArms node={name} />
        </>
      );
    case 'auction':
      return <Auction node={name} />;
    case 'waterfall':
      return <WaterfallPorts node={name} />;
    case 'scorecard':
      return <Points name={name} node={node} />;
    case 'derive':
      return <Derive name={name} node={node} />;
    default:
      return null;
  }
}
