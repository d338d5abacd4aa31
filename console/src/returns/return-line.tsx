import type { ReturnRowFragment } from '../graphql/generated';
import { StateChip, Time } from '../ui/parts';
import { RETURN_STATES } from './words';

export function ReturnState({ of: { state } }: { of: Pick<ReturnRowFragment, 'state'> }) {
  return <StateChip state={`RETURN_${state}`} label={RETURN_STATES[state]} />;
}

const ORIGINS: Record<ReturnRowFragment['origin'], string> = {
  TOKEN: 'the destination',
  POSTBACK: 'a postback',
  OPERATOR: 'somebody here',
};

/** Who asked for a return, and who decided what, in the order in which it happened. */
export function ReturnStory({ of }: { of: ReturnRowFragment }) {
  const { origin, requestedBy, decidedBy, decidedAt, reversedBy, reversedAt, state, note } = of;
  return (
    <>
      <div className="faint">asked for by {requestedBy ?? ORIGINS[origin]}</div>
      {decidedAt && (
        <div className="faint">
          {state === 'DENIED' ? 'denied' : 'accepted'} by{' '}
          {decidedBy === 'terms' ? 'its terms' : (decidedBy ?? 'somebody')}, <Time at={decidedAt} />
        </div>
      )}
      {reversedAt && (
        <div className="faint">
          reversed by {reversedBy ?? 'somebody'}, <Time at={reversedAt} />
        </div>
      )}
      {note && <div>“{note}”</div>}
    </>
  );
}
