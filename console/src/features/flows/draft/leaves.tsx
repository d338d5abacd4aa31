import { Link } from '@tanstack/react-router';
import { Choice } from '../../../ui/choice';
import { FindingsOf, findingsAt, useWork } from './context';
import { ChoiceMember, TextMember } from './members';

/** Which destination leads are offered to; without a name of its own it is called as the node. */
export function Destination({ name }: { name: string }) {
  const { document, destinations, findings, setValue } = useWork();
  const destination = String(document.nodes[name]?.destination ?? name);
  return (
    <div className="field-row">
      <div>
        <Choice
          label="Offers the lead to"
          value={destination}
          options={destinations}
          isRequired
          onChange={(next) => next && setValue(name, 'destination', next === name ? undefined : next)}
        />
        <FindingsOf of={findingsAt(findings, name, 'destination')} />
      </div>
      {destinations.includes(destination) && (
        <p className="field-beside">
          <Link to="/destinations/$name" params={{ name: destination }}>
            Its price, caps and terms
          </Link>
        </p>
      )}
    </div>
  );
}

/** Why a lead is declined. */
export function Reject({ name }: { name: string }) {
  return <TextMember node={name} part="reason" label="Declines the lead because" />;
}

/** Which flow leads go on in. */
export function Subflow({ name }: { name: string }) {
  const { document, flows } = useWork();
  const flow = String(document.nodes[name]?.flow ?? '');
  return (
    <div className="field-row">
      <ChoiceMember node={name} part="flow" label="Goes on in flow" options={flows} />
      <TextMember
        node={name}
        part="version"
        label="Its version, by hash"
        isOptional
        hint="Empty: the one that is live, whenever that is moved."
      />
      {flows.includes(flow) && (
        <p className="field-beside">
          <Link to="/flows/$flow" params={{ flow }} search={{}}>
            Look at {flow}
          </Link>
        </p>
      )}
    </div>
  );
}
