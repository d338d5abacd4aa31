import { mistakesAt, TextField } from '../../../ui/form';
import { Card } from '../../../ui/parts';
import type { DestinationEditing, JsonText } from './editing';

const TITLES: Record<keyof JsonText, string> = { target: 'Target', settings: 'Settings' };

/** Target and settings as the API has them: for what has no field. */
export function AsJson({ editing }: { editing: DestinationEditing }) {
  const { json, type, mistakes } = editing;
  if (json === null) return null;
  return (
    <Card title="As JSON">
      <p className="faint">
        A secret that reads <code>[secret]</code> is kept as it is, or gets what was typed among the fields.
      </p>
      {(['target', 'settings'] as const).map((part) => (
        <div key={part} className="mono-field">
          <TextField
            label={TITLES[part]}
            kind="long"
            rows={Math.min(30, json[part].split('\n').length + 1)}
            value={json[part]}
            onChange={(text) => type({ ...json, [part]: text })}
            mistakes={mistakesAt(mistakes, `json.${part}`, part)}
          />
        </div>
      ))}
    </Card>
  );
}
