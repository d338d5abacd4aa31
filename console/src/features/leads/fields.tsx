import { EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../shell/session';
import { Card } from '../../ui/parts';

/** The fields of a lead. Personal data is covered until somebody who may see it asks for it. */
export function Fields({ fields, personal }: { fields: Record<string, unknown>; personal: string[] }) {
  const [isShown, setShown] = useState(false);
  const may = useMay('READ_PERSONAL') || !useMay('READ');
  const names = Object.keys(fields).sort((a, b) => a.localeCompare(b));
  return (
    <Card
      title="Fields"
      aside={
        personal.length > 0 && (
          <button
            type="button"
            className="plain"
            disabled={!may}
            title={may ? undefined : 'needs a token of role editor or admin'}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? 'Cover personal data' : 'Show personal data'}
          </button>
        )
      }
    >
      <dl className="fields">
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {personal.includes(name) && !isShown ? (
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
    </Card>
  );
}

function Value({ of }: { of: unknown }) {
  if (of === null || of === undefined) return <span className="faint">missing</span>;
  if (typeof of === 'boolean') return <>{of ? 'yes' : 'no'}</>;
  return <>{typeof of === 'object' ? JSON.stringify(of) : String(of)}</>;
}
