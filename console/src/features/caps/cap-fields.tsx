import type { MistakeFragment } from '../../graphql/generated';
import { Choice } from '../../ui/choice';
import { CheckField, Mistakes, TextField } from '../../ui/form';
import { type CapForm, DAYS, KINDS, WINDOWS } from './document';

const KIND_WORDS: Record<string, string> = {
  accepted: 'accepted leads',
  offers: 'offers',
  in_flight: 'offers in flight',
  revenue: 'revenue',
  conversions: 'conversions',
};

const DAY_WORDS: Record<(typeof DAYS)[number], string> = {
  mon: 'Mondays',
  tue: 'Tuesdays',
  wed: 'Wednesdays',
  thu: 'Thursdays',
  fri: 'Fridays',
  sat: 'Saturdays',
  sun: 'Sundays',
};

const WINDOW_WORDS: Record<string, string> = { minute: 'minute (a throttle)', lifetime: 'all time' };

/** One cap as a form. Members that its kind or window has not are not shown. */
export function CapFields({
  number,
  cap,
  mistakes,
  onChange,
  onRemove,
}: {
  number: number;
  cap: CapForm;
  mistakes: readonly MistakeFragment[];
  onChange: (cap: CapForm) => void;
  onRemove: () => void;
}) {
  const set = (part: Partial<CapForm>) => onChange({ ...cap, ...part });
  const hasWindow = cap.kind !== 'in_flight';
  return (
    <fieldset className="cap-fields">
      <legend>Cap {number}</legend>
      <div className="field-row">
        <TextField label="At most" kind="number" value={cap.max} onChange={(max) => set({ max })} />
        <Choice
          label="Of"
          value={cap.kind}
          options={KINDS as readonly string[]}
          show={(kind) => KIND_WORDS[kind] ?? kind}
          isRequired
          onChange={(kind) => set({ kind: kind ?? cap.kind })}
        />
        {hasWindow && (
          <Choice
            label="In a"
            value={cap.window}
            options={WINDOWS as readonly string[]}
            show={(window) => WINDOW_WORDS[window] ?? window}
            isRequired
            onChange={(window) => set({ window: window ?? cap.window })}
          />
        )}
        {hasWindow && cap.window !== 'lifetime' && (
          <TextField label="By the calendar of" value={cap.zone} onChange={(zone) => set({ zone })} />
        )}
      </div>
      <div className="field-row">
        <TextField label="Name" value={cap.name} onChange={(name) => set({ name })} />
        <TextField label="Together with others, as group" value={cap.group} onChange={(group) => set({ group })} />
        <TextField
          label="Only leads of sources"
          value={cap.sources}
          onChange={(sources) => set({ sources })}
          hint="Names, with commas between them"
        />
      </div>
      <div className="field-row">
        <CheckField
          label="Each source apart"
          checked={cap.isEachSource}
          onChange={(isEachSource) => set({ isEachSource })}
        />
        {hasWindow && (
          <CheckField label="Paced over the window" checked={cap.isPaced} onChange={(isPaced) => set({ isPaced })} />
        )}
        <CheckField label="Soft: it closes nothing" checked={cap.isSoft} onChange={(isSoft) => set({ isSoft })} />
        <button type="button" className="button cap-remove" onClick={onRemove}>
          Remove<span className="visually-hidden"> cap {number}</span>
        </button>
      </div>
      {hasWindow && cap.window === 'day' && (
        <div className="field-row cap-days">
          {DAYS.map((day) => (
            <TextField
              key={day}
              label={DAY_WORDS[day]}
              kind="number"
              value={cap.maxOn[day] ?? ''}
              onChange={(most) => set({ maxOn: { ...cap.maxOn, [day]: most } })}
            />
          ))}
        </div>
      )}
      <Mistakes of={mistakes} />
    </fieldset>
  );
}
