import { useWork } from './context';
import { ChoiceMember, TextMember } from './members';

const ORDERS: Record<string, string> = {
  least_recently_sold: 'who has waited longest comes first',
  deficit: 'who is furthest behind its target comes first',
  calibrated_deficit: 'the same, and who joins does not make up for before',
};

/** What the order of a rotation is made from. */
export function Rotate({ node }: { node: string }) {
  const { document } = useWork();
  const { by, zone } = document.nodes[node] ?? { kind: 'rotate' };
  return (
    <div className="field-row">
      <ChoiceMember
        node={node}
        part="by"
        label="In which order"
        options={Object.keys(ORDERS)}
        show={(it) => ORDERS[it] ?? it}
      />
      {(by !== 'least_recently_sold' || zone !== undefined) && (
        <TextMember
          node={node}
          part="zone"
          label="Days and months begin in the zone"
          isOptional
          hint="Such as America/New_York; empty: UTC."
        />
      )}
    </div>
  );
}
