import { ArrowLeft, ArrowRight } from 'lucide-react';
import { useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { Choice } from '../../../ui/choice';
import { withColumn, withColumnMoved, withoutColumn } from './column-changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton, IconButton, RemoveButton, useEntries } from './fields';
import { ChoiceMember } from './members';
import { subjects } from './new-node';

const HITS: Record<string, string> = { first: 'the first one counts', unique: 'it is a mistake: one row alone may' };

/** What the columns of a table ask, in their order; and what holds where several rows match. */
export function Columns({ name, node }: { name: string; node: FlowNode }) {
  const { document, columns, editor, findings } = useWork();
  const asked = (node.columns ?? []) as string[];
  const { box, follow } = useEntries(asked.length);
  const [chosen, setChosen] = useState<string | undefined>();
  const put = (after: FlowNode) => editor.change({ kind: 'node', node: name, before: node, after });
  const move = (at: number, by: -1 | 1) => {
    put(withColumnMoved(node, at, by));
    follow(at + by, by < 0 ? 'back' : 'on');
  };
  const free = subjects(document, columns).flatMap((it) => (asked.includes(it.name) ? [] : [it.name]));
  const next = chosen !== undefined && free.includes(chosen) ? chosen : free[0];
  return (
    <div className="entries" ref={box}>
      <ul className="column-list" aria-label="Columns">
        {asked.map((column, at) => (
          <li key={column} data-entry>
            <span className="tag">{column}</span>
            <IconButton
              icon={ArrowLeft}
              label={`Move column ${column} left`}
              way="back"
              isDisabled={at === 0}
              onPress={() => move(at, -1)}
            />
            <IconButton
              icon={ArrowRight}
              label={`Move column ${column} right`}
              way="on"
              isDisabled={at === asked.length - 1}
              onPress={() => move(at, 1)}
            />
            <RemoveButton label={`Remove column ${column}`} onPress={() => put(withoutColumn(node, at))} />
          </li>
        ))}
      </ul>
      <FindingsOf of={findingsAt(findings, name, 'columns')} />
      <div className="entry">
        <ChoiceMember
          node={name}
          part="hit"
          label="If several rows match,"
          options={Object.keys(HITS)}
          show={(it) => HITS[it] ?? it}
          usual="first"
        />
        {next !== undefined && (
          <>
            <Choice label="Column to add" value={next} options={free} isRequired onChange={setChosen} />
            <AddButton onPress={() => put(withColumn(node, next))}>Add the column</AddButton>
          </>
        )}
      </div>
    </div>
  );
}
