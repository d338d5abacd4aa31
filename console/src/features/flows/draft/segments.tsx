import { useState } from 'react';
import { Choice } from '../../../ui/choice';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton, RemoveButton, useEntries } from './fields';

/** The fields by whose values a bandit learns apart. */
export function Segments({ node }: { node: string }) {
  const { document, columns, findings, setValue } = useWork();
  const fields = (document.nodes[node]?.segment_by ?? []) as string[];
  const { box } = useEntries(fields.length);
  const [chosen, setChosen] = useState<string | undefined>();
  const free = columns.flatMap((it) => (fields.includes(it.name) ? [] : [it.name]));
  const next = chosen !== undefined && free.includes(chosen) ? chosen : free[0];
  const put = (after: string[]) => setValue(node, 'segment_by', after.length === 0 ? undefined : after);
  return (
    <div className="entries" ref={box}>
      {fields.length > 0 && (
        <ul className="column-list" aria-label="Learns apart by">
          {fields.map((field, at) => (
            <li key={field}>
              <span className="tag">{field}</span>
              <RemoveButton label={`Do not learn apart by ${field}`} onPress={() => put(fields.toSpliced(at, 1))} />
            </li>
          ))}
        </ul>
      )}
      <FindingsOf of={findingsAt(findings, node, 'segment_by')} />
      {next !== undefined && (
        <div className="entry">
          <Choice label="Learns apart by the values of" value={next} options={free} isRequired onChange={setChosen} />
          <AddButton onPress={() => put([...fields, next])}>Add the field</AddButton>
        </div>
      )}
    </div>
  );
}
