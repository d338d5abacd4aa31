import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Setup as SetupOperation, type SetupQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { Empty, Heading, Loaded } from '../../ui/parts';
import { DestinationStep, FlowStep, LeadStep, SchemaStep } from './steps';

/** From an empty database to the first lead that somebody takes. */
export function Setup() {
  const may = useMay('EDIT');
  const asked = useAsk(SetupOperation, {}, {});
  return (
    <>
      <Heading title="First steps" />
      {may ? (
        <Loaded of={asked}>{(data) => <Steps data={data} />}</Loaded>
      ) : (
        <Empty title="Schemas, destinations and flows are made by editors and admins." />
      )}
    </>
  );
}

function Steps({ data }: { data: SetupQuery }) {
  const schema = data.leadSchemas.nodes[0];
  const destinations = data.destinations.nodes.map(({ name }) => name);
  const flow = data.flows.nodes.find(({ isLive }) => isLive);
  return (
    <ol className="setup">
      <Step
        n={1}
        title="What a lead is"
        done={schema && `leads of ${data.leadSchemas.nodes.map(({ vertical }) => vertical).join(', ')}`}
      >
        <SchemaStep />
      </Step>
      <Step n={2} title="Who may get leads" done={destinations.length > 0 && destinations.join(', ')} isNext={!!schema}>
        <DestinationStep vertical={schema?.vertical ?? ''} />
      </Step>
      <Step
        n={3}
        title="Where leads go"
        done={flow && `flow ${flow.name} is live`}
        isNext={!!schema && destinations.length > 0}
      >
        <FlowStep vertical={schema?.vertical ?? ''} destinations={destinations} />
      </Step>
      <Step n={4} title="The first lead" isNext={!!flow}>
        <LeadStep
          flow={flow?.name ?? ''}
          fields={data.leadSchemas.nodes.find(({ vertical }) => vertical === flow?.vertical)?.declaredFields ?? []}
        />
      </Step>
    </ol>
  );
}

function Step({
  n,
  title,
  done,
  isNext = true,
  children,
}: {
  n: number;
  title: string;
  /** What is there already; nothing while it is to be made. */
  done?: string | false | undefined;
  /** Whether all that comes before is there. */
  isNext?: boolean;
  children: ReactNode;
}) {
  return (
    <li className={`card ${done ? 'is-done' : isNext ? 'is-next' : ''}`}>
      <header>
        <h2>
          <span className="setup-number" aria-hidden>
            {done ? <Check size={14} /> : n}
          </span>
          {title}
        </h2>
        {done && <span className="faint">{done}</span>}
      </header>
      {!done && isNext && children}
      {!done && !isNext && <p className="faint">Comes next.</p>}
    </li>
  );
}
