import { Link, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import {
  DestinationSettings as DestinationSettingsOperation,
  type DestinationSettingsQuery,
} from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import type { Members } from '../../../ui/equal';
import { Allowed, Empty, Heading, Loaded, Time } from '../../../ui/parts';
import { useDestinationEditing } from './editing';
import { SettingsForm } from './form';
import { Saving } from './saving';

export { NewDestination } from './new';

/** The settings of one destination, to be changed: how it is reached, what it takes and what it pays. */
export function DestinationSettings() {
  const { name } = useParams({ from: '/shell/destinations/$name/settings' });
  const destination = useAsk(DestinationSettingsOperation, { name }, { poll: true });
  return (
    <>
      <Heading title={`Settings of ${name}`}>
        <div className="actions">
          {destination.data?.destination && (
            <Allowed to="EDIT" by="an editor to make one like it">
              <Link to="/destinations/new" search={{ like: name }} className="button">
                New destination like this one
              </Link>
            </Allowed>
          )}
          <Link to="/destinations/$name" params={{ name }} search={{}} className="button">
            The destination
          </Link>
        </div>
      </Heading>
      <Loaded of={destination} lines={12}>
        {({ destination: found }) =>
          found ? (
            <Found key={found.name} of={found} onConflict={() => void destination.refetch()} />
          ) : (
            <Empty title="There is no destination with this name." />
          )
        }
      </Loaded>
    </>
  );
}

type Found = NonNullable<DestinationSettingsQuery['destination']>;

function Found({ of, onConflict }: { of: Found; onConflict: () => void }) {
  const { name, target, settings, revision } = of;
  const editing = useDestinationEditing(name, { document: { target, settings: settings as Members }, revision });
  const isConflict = editing.change.mistakes.some(({ code }) => code === 'conflict');
  // What somebody else saved is read at once, so that it can be told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each conflict
  useEffect(() => {
    if (isConflict) onConflict();
  }, [isConflict]);
  return (
    <>
      <p className="faint">
        Changed <Time at={of.updatedAt} />, revision {revision}. What is saved counts for live flows at once.
      </p>
      <SettingsForm name={name} editing={editing} />
      <Saving editing={editing} revision={revision} why={null} onSave={() => void editing.save()} />
    </>
  );
}
