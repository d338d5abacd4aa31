import { ArrowDown, ArrowUp } from 'lucide-react';
import { type Arm, moved, nextTarget } from './arm-lists';
import { PERCENT } from './arms';
import { FindingsOf, useWork } from './context';
import { AddButton, IconButton, RemoveButton, useEntries } from './fields';
import { NumberMember, TextMember } from './members';
import { Port } from './ports';

/** The ports of a waterfall in their order. */
export function WaterfallPorts({ node }: { node: string }) {
  const { document, findings, setValue } = useWork();
  const to = (document.nodes[node]?.to ?? []) as string[];
  const { box, follow } = useEntries(to.length);
  const put = (next: string[]) => setValue(node, 'to', next);
  const move = (at: number, by: -1 | 1) => {
    put(moved(to, at, by));
    follow(at + by, by < 0 ? 'back' : 'on');
  };
  return (
    <div className="entries" ref={box}>
      {to.map((name, at) => (
        <div className="entry" key={at} data-entry>
          <Port node={node} part={`to[${at}]`} label={`${at + 1}.`} />
          <IconButton
            icon={ArrowUp}
            label={`Move ${name} up`}
            way="back"
            isDisabled={at === 0}
            onPress={() => move(at, -1)}
          />
          <IconButton
            icon={ArrowDown}
            label={`Move ${name} down`}
            way="on"
            isDisabled={at === to.length - 1}
            onPress={() => move(at, 1)}
          />
          {to.length > 1 && (
            <RemoveButton label={`Remove ${name} from the order`} onPress={() => put(to.toSpliced(at, 1))} />
          )}
        </div>
      ))}
      <FindingsOf of={findings.filter((it) => it.node === node && it.part === 'to')} />
      <AddButton onPress={() => put([...to, nextTarget(document, to)])}>Add one at the end</AddButton>
    </div>
  );
}

/** Who is asked for a bid, and which bids are taken. */
export function Auction({ node }: { node: string }) {
  const { document, findings, setValue } = useWork();
  const bidders = (document.nodes[node]?.bidders ?? []) as Arm[];
  const { box } = useEntries(bidders.length);
  const put = (next: Arm[]) => setValue(node, 'bidders', next);
  const used = bidders.map(({ to }) => to);
  return (
    <>
      <div className="entries" ref={box}>
        {bidders.map(({ to }, at) => (
          <div className="entry" key={at} data-entry>
            <Port node={node} part={`bidders[${at}].to`} label={`${at + 1}.`} />
            <NumberMember
              node={node}
              part={`bidders[${at}].penalty_ppm`}
              label={`Taken back by returns of ${to}`}
              {...PERCENT}
              isSwept
            />
            {bidders.length > 1 && (
              <RemoveButton label={`Remove bidder ${to}`} onPress={() => put(bidders.toSpliced(at, 1))} />
            )}
          </div>
        ))}
        <FindingsOf of={findings.filter((it) => it.node === node && it.part === 'bidders')} />
        <AddButton onPress={() => put([...bidders, { to: nextTarget(document, used) }])}>Add a bidder</AddButton>
      </div>
      <div className="field-row">
        <TextMember
          node={node}
          part="reserve"
          label="Least bid that is taken"
          unit={document.currency}
          isOptional
          isSwept
          hint="After what returns take back; empty: every bid is taken."
        />
        <NumberMember
          node={node}
          part="deadline_ms"
          label="Bids are waited for"
          unit="ms"
          isOptional={false}
          range={[1, 30_000]}
        />
      </div>
    </>
  );
}
