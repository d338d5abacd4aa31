import { createContext, useContext } from 'react';
import type { FlowDocument } from '../../../graphql/flow-document';
import type { FindingFragment } from '../../../graphql/generated';
import { Sentence } from '../../../ui/parts';
import { Hint } from '../findings';
import type { Column } from './cells';
import { type Change, currentAt } from './changes';
import type { DraftEditor } from './editor';
import type { Goal } from './next-finding';

/** What the editors of nodes work on. */
export interface Work {
  editor: DraftEditor;
  document: FlowDocument;
  findings: FindingFragment[];
  /** The draft that the findings are about: what was typed a moment ago is not in it. */
  checked: FlowDocument;
  columns: Column[];
  /** The finding that was gone to last. */
  goal: Goal | null;
}

export const WorkContext = createContext<Work | null>(null);

export function useWork(): Work & { setValue: (node: string, part: string, after: unknown) => void } {
  const work = useContext(WorkContext);
  if (!work) throw new Error('no draft around this component');
  const setValue = (node: string, part: string, after: unknown) => {
    const change = { id: '', kind: 'value', node, part, before: undefined, after } satisfies Change;
    work.editor.change({ ...change, before: currentAt(work.document, change) });
  };
  return { ...work, setValue };
}

/** What stands at a part of a node in the draft that the findings are about. */
export function checkedAt({ checked }: Work, node: string, part: string): unknown {
  return currentAt(checked, { id: '', kind: 'value', node, part, before: undefined, after: undefined });
}

/** What the checks say of a part of a node, and of everything within it. */
export function findingsAt(findings: readonly FindingFragment[], node: string, part?: string): FindingFragment[] {
  return findings.filter(
    (it) =>
      it.node === node &&
      (part === undefined || it.part === part || it.part?.startsWith(`${part}.`) || it.part?.startsWith(`${part}[`)),
  );
}

export function FindingsOf({ of, id }: { of: readonly FindingFragment[]; id?: string }) {
  if (of.length === 0) return null;
  return (
    <ul className="part-findings" id={id}>
      {of.map(({ code, severity, message, hint }) => (
        <li key={`${code} ${message}`} className={severity === 'ERROR' ? 'is-error' : 'is-warning'}>
          <Sentence text={message} />.
          <Hint text={hint} />
        </li>
      ))}
    </ul>
  );
}
