import { armName } from '../../../graphql/flow-document';
import { armsOf } from './arm-lists';
import { useWork } from './context';
import { ChoiceMember, TextMember } from './members';

/** What draws are made by: whoever keeps it keeps people at their arms when a node or an arm is renamed. */
export function Draws({ node }: { node: string }) {
  const { document, columns } = useWork();
  const { flow } = document;
  const isSplit = document.nodes[node]?.kind === 'split';
  return (
    <details>
      <summary>What draws are made by</summary>
      <div className="entries">
        <p className="faint">A change of any of these moves people to other arms.</p>
        {isSplit && (
          <ChoiceMember
            node={node}
            part="sticky"
            label="One arm for all leads with the same"
            options={columns.map(({ name }) => name)}
            none="nothing: each lead draws for itself"
          />
        )}
        <TextMember
          node={node}
          part="salt"
          label="Salt"
          isOptional
          hint={`Empty: the names of flow and node, ${flow}/${node}.`}
        />
        <div className="field-row">
          {armsOf(document, node).map((arm, at) => (
            <TextMember
              key={at}
              node={node}
              part={`arms[${at}].key`}
              label={`Key of ${armName(document, arm)}`}
              isOptional
              hint="Empty: its name."
            />
          ))}
        </div>
      </div>
    </details>
  );
}
