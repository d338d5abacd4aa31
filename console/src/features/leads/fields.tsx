import { EyeOff } from 'lucide-react';
import { useState } from 'react';
import { RevealLead } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { FormProblems } from '../../ui/form';
import { Card, Time } from '../../ui/parts';

interface FieldsOf {
  fields: Record<string, unknown>;
  /** Names of those that are personal. */
  personal: string[];
  /** Who looked at them before; none for whoever may not. */
  reads?: { at: string; by: string }[] | null;
}

/** The fields of a lead for those who run the market. Personal data is not even in the browser until somebody who may see
 * it asks for it, and the server notes who did. */
export function Fields({ id, fields, personal, reads }: FieldsOf & { id: string }) {
  const may = useMay('READ_PERSONAL');
  const change = useChange(RevealLead, (answer) => answer.revealLead);
  const [shown, setShown] = useState<Record<string, unknown> | null>(null);
  const toggle = async () => {
    if (shown) {
      setShown(null);
      return;
    }
    const revealed = await change.send({ input: { id } });
    if (revealed?.fields) setShown(revealed.fields);
  };
  return (
    <Card
      title="Fields"
      aside={
        personal.length > 0 && (
          <button
            type="button"
            className="plain"
            disabled={!may || change.isBusy}
            title={may ? 'The server notes who looked' : 'needs a token of role editor or admin'}
            onClick={() => void toggle()}
          >
            {shown ? 'Cover personal data' : 'Show personal data'}
          </button>
        )
      }
    >
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
      <List fields={shown ?? fields} covered={shown ? [] : personal} />
      {reads && reads.length > 0 && (
        <details>
          <summary className="faint">
            Personal data was shown {reads.length === 1 ? 'once' : `${reads.length} times`}
          </summary>
          <ul className="history">
            {reads.map(({ at, by }) => (
              <li key={`${at} ${by}`}>
                <Time at={at} /> to {by}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

/** The fields of a lead for the source that sent them. */
export function OwnFields({ fields, personal }: FieldsOf) {
  const [isShown, setShown] = useState(false);
  return (
    <Card
      title="Fields"
      aside={
        personal.length > 0 && (
          <button type="button" className="plain" onClick={() => setShown(!isShown)}>
            {isShown ? 'Cover personal data' : 'Show personal data'}
          </button>
        )
      }
    >
      <List fields={fields} covered={isShown ? [] : personal} />
    </Card>
  );
}

function List({ fields, covered }: { fields: Record<string, unknown>; covered: string[] }) {
  const names = Object.keys(fields).sort((a, b) => a.localeCompare(b));
  return (
    <dl className="fields">
      {names.map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {covered.includes(name) ? (
              <span className="covered">
                <EyeOff aria-hidden size={13} /> covered
              </span>
            ) : (
              <Value of={fields[name]} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ of }: { of: unknown }) {
  if (of === null || of === undefined) return <span className="faint">missing</span>;
  if (typeof of === 'boolean') return <>{of ? 'yes' : 'no'}</>;
  if (typeof of === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(of)) return <Time at={of} />;
  return <>{typeof of === 'object' ? JSON.stringify(of) : String(of)}</>;
}
