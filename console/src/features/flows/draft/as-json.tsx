import { useId, useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { useWork } from './context';

/** The node as it is written: whatever no field above has. */
export function AsJson({ name, node }: { name: string; node: FlowNode }) {
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
