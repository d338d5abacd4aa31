import { Choice } from '../../../ui/choice';
import { capital } from '../../../ui/sentences';
import { valueAt } from './changes';
import { FindingsOf, findingsAt, useWork, valueChange } from './context';
import { isValue } from './renamed';

/** No node can be called so, and no letter that is typed to find a node finds this. */
const NEW = '+ new';

/** Where a port leads: to one of the nodes that leads pass through, or to one that is added for it. */
export function Port({
  node,
  part,
  label = part,
  none,
}: {
  node: string;
  part: string;
  label?: string;
  /** What holds if the port may be left out, and is. */
  none?: string;
}) {
  const { document, editor, findings, askNew, setValue } = useWork();
  const to = valueAt(document.nodes[node], part);
  const names = Object.keys(document.nodes).filter((name) => !isValue(document.nodes[name]));
  return (
    <div>
      <Choice
        label={capital(`${label} leads to`)}
        value={typeof to === 'string' ? to : undefined}
        options={[...names.sort(), NEW]}
        show={(name) => (name === NEW ? '+ a new node…' : name)}
        isRequired={none === undefined}
        {...(none ? { none } : {})}
        onChange={(next) => {
          if (next !== NEW) {
            if (next !== undefined || none !== undefined) setValue(node, part, next);
          } else askNew((name) => [valueChange(editor.look().document, node, part, name)]);
        }}
      />
      <FindingsOf of={findingsAt(findings, node, part)} />
    </div>
  );
}

/** The ports of a node beside one another, each under its name in the document. */
export function Ports({ node, parts }: { node: string; parts: readonly string[] }) {
  return (
    <div className="ports">
      {parts.map((part) => (
        <Port key={part} node={node} part={part} />
      ))}
    </div>
  );
}
