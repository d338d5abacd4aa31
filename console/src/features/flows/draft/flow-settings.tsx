import { TextField } from '../../../ui/form';
import type { FlowMember } from './changes';
import { useWork } from './context';
import { Committed } from './fields';
import { readNumber } from './members';

/** What a flow says beside its nodes. */
export function FlowSettings() {
  const { document, editor } = useWork();
  const set = (member: FlowMember, after: unknown) =>
    editor.change({ kind: 'flow', member, before: document[member], after });
  const text = (member: 'title' | 'notes') => (next: string) => set(member, next === '' ? undefined : next);
  return (
    <details className="flow-settings">
      <summary>The flow as a whole</summary>
      <div className="entries">
        <TextField label="Title" value={document.title ?? ''} onChange={text('title')} hint="For people alone." />
        <TextField label="Notes" kind="long" rows={4} value={document.notes ?? ''} onChange={text('notes')} />
        <Committed
          label="A lead is sold to at most"
          kind="number"
          unit="destinations"
          value={String(document.max_sold ?? 1)}
          read={(typed) => {
            const most = readNumber(typed, 1, [1, 16]);
            if (typeof most === 'string') return most;
            set('max_sold', most);
            return null;
          }}
        />
      </div>
    </details>
  );
}
