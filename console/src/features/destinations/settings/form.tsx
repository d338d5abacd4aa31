import { useMay } from '../../../shell/session';
import { AnswerFields } from './answer-fields';
import { unseen } from './document';
import type { DestinationEditing } from './editing';
import { AsJson } from './json';
import { RoutingFields } from './routing-fields';
import { TargetFields } from './target-fields';

/** The fields, or the whole as JSON. Whoever may not edit sees both, and can change nothing. */
export function SettingsForm({ name, editing }: { name: string | null; editing: DestinationEditing }) {
  const may = useMay('EDIT');
  const { json, origin } = editing;
  const rest = unseen(origin);
  return (
    <>
      <div className="settings-turn">
        <button type="button" className="button" aria-pressed={json !== null} onClick={editing.turn}>
          As JSON
        </button>
        {json === null && rest.length > 0 && (
          <span className="faint">
            It also has {rest.join(', ')}, which {rest.length === 1 ? 'has' : 'have'} no field here and{' '}
            {rest.length === 1 ? 'stays' : 'stay'} as {rest.length === 1 ? 'it is' : 'they are'}.
          </span>
        )}
      </div>
      <fieldset className="settings-form" disabled={!may}>
        <legend className="visually-hidden">Settings</legend>
        {json === null ? (
          <>
            <RoutingFields name={name} editing={editing} />
            <TargetFields editing={editing} />
            <AnswerFields editing={editing} />
          </>
        ) : (
          <AsJson editing={editing} />
        )}
      </fieldset>
    </>
  );
}
