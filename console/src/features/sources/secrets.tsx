import { useId } from 'react';
import type { MistakeFragment } from '../../graphql/generated';
import { Mistakes } from '../../ui/form';
import type { Editing } from './editing';

/** What a platform signs by. A secret is typed, sent and never shown; it is in no storage of the browser. */
export function Secrets({
  names,
  editing,
  mistakes,
}: {
  names: readonly string[];
  editing: Editing;
  mistakes: readonly MistakeFragment[];
}) {
  if (names.length === 0) return null;
  return (
    <fieldset className="source-secrets">
      <legend>Secrets: by them a payload proves that it comes from the platform</legend>
      <div className="field-row">
        {names.map((name) => (
          <Secret key={name} name={name} editing={editing} />
        ))}
      </div>
      <Mistakes of={mistakes} />
    </fieldset>
  );
}

function Secret({ name, editing }: { name: string; editing: Editing }) {
  const id = useId();
  const isStored = editing.stored.includes(name);
  const typed = editing.secrets[name];
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <div className="field-line">
        <input
          id={id}
          type="password"
          autoComplete="new-password"
          value={typed ?? ''}
          placeholder={typed === null ? 'will be forgotten' : isStored ? 'stored' : 'none'}
          onChange={(event) => editing.setSecret(name, event.target.value)}
        />
        {isStored && (
          <button
            type="button"
            className="button"
            onClick={() => editing.setSecret(name, typed === null ? undefined : null)}
          >
            {typed === null ? 'Keep' : 'Forget'}
            <span className="visually-hidden"> {name}</span>
          </button>
        )}
      </div>
    </div>
  );
}
