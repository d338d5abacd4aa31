import { Link } from '@tanstack/react-router';
import { Choice } from '../../../ui/choice';
import { CheckField, Mistakes, mistakesAt, TextField } from '../../../ui/form';
import { Card } from '../../../ui/parts';
import { capital } from '../../../ui/sentences';
import { DAYS, type Day } from './document';
import type { DestinationEditing } from './editing';
import { Rows } from './rows';

const PAYS: Record<string, string> = { accept: 'each accepted lead', conversion: 'each conversion' };
const UNKNOWN: Record<string, string> = { hold: 'hold the lead', pass_on: 'pass the lead on' };
const DECISIONS: Record<string, string> = {
  by_hand: 'a person, each time',
  automatic: 'nobody: within the terms it is',
};

/** What a destination takes and pays. */
export function RoutingFields({ name, editing }: { name: string | null; editing: DestinationEditing }) {
  const { form, set, mistakes } = editing;
  const at = (place: string) => mistakesAt(mistakes, `settings.${place}`);
  return (
    <Card
      title="What it takes and pays"
      aside={
        name !== null && (
          <Link to="/destinations/$name/caps" params={{ name }}>
            its caps
          </Link>
        )
      }
    >
      <CheckField label="It takes leads at all" checked={form.isActive} onChange={(isActive) => set({ isActive })} />
      <Mistakes of={at('active')} />
      <div className="field-row">
        <TextField
          label="Price"
          kind="number"
          value={form.price}
          onChange={(price) => set({ price })}
          mistakes={at('price')}
          hint="Of a lead, in the currency of the flow; nothing: as its answer says"
        />
        <Choice
          label="It pays for"
          value={form.pays}
          options={Object.keys(PAYS)}
          show={(it) => PAYS[it] ?? it}
          isRequired
          onChange={(pays) => set({ pays: pays ?? form.pays })}
        />
        <Choice
          label="If its answer is lost"
          value={form.onUnknown}
          options={Object.keys(UNKNOWN)}
          show={(it) => UNKNOWN[it] ?? it}
          isRequired
          onChange={(onUnknown) => set({ onUnknown: onUnknown ?? form.onUnknown })}
        />
      </div>
      <Mistakes of={[...at('pays'), ...at('on_unknown')]} />
      <div className="mono-field">
        <TextField
          label="Criteria"
          kind="long"
          rows={Math.max(2, form.criteria.split('\n').length)}
          value={form.criteria}
          onChange={(criteria) => set({ criteria })}
          mistakes={at('criteria')}
          hint={
            <>
              A predicate over the fields of leads, such as <code>{"state in ['CA', 'TX'] && age >= 30"}</code>. Nothing
              means every lead.
            </>
          }
        />
      </div>
      <Schedule editing={editing} />
      <Returns editing={editing} />
      <Mistakes of={at('caps')} />
    </Card>
  );
}

const EVERY_WEEKDAY: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

function Schedule({ editing: { form, set, mistakes } }: { editing: DestinationEditing }) {
  const told = mistakesAt(mistakes, 'settings.schedule');
  const placedAt = (n: number) => mistakesAt(mistakes, `settings.schedule.open.${n}`);
  const begin = (key: number) => ({ key, days: EVERY_WEEKDAY, from: '08:00', to: '20:00' });
  return (
    <section className="stack" aria-label="Opening hours">
      <h3>Opening hours</h3>
      <CheckField
        label="It takes leads at some hours only"
        checked={form.isScheduled}
        onChange={(isScheduled) => set({ isScheduled, hours: form.hours.length > 0 ? form.hours : [begin(0)] })}
      />
      {form.isScheduled && (
        <>
          <div className="field-row">
            <TextField
              label="By the clock of"
              value={form.zone}
              onChange={(zone) => set({ zone })}
              mistakes={mistakesAt(mistakes, 'settings.schedule.zone')}
              hint="A zone such as America/New_York"
            />
            <TextField
              label="Closed all day on"
              value={form.holidays}
              onChange={(holidays) => set({ holidays })}
              hint="Days such as 2026-12-25, with commas between them"
            />
          </div>
          <Rows noun="line of hours" rows={form.hours} begin={begin} onChange={(hours) => set({ hours })}>
            {(row, setRow, n) => (
              <>
                <div className="settings-days">
                  {DAYS.map((day) => (
                    <CheckField
                      key={day}
                      label={capital(day)}
                      checked={row.days.includes(day)}
                      onChange={(isOpen) =>
                        setRow({ days: isOpen ? [...row.days, day] : row.days.filter((it) => it !== day) })
                      }
                    />
                  ))}
                </div>
                <div className="settings-short">
                  <TextField label="From" value={row.from} onChange={(from) => setRow({ from })} />
                </div>
                <div className="settings-short">
                  <TextField label="To, not included" value={row.to} onChange={(to) => setRow({ to })} />
                </div>
                <Mistakes of={placedAt(n)} />
              </>
            )}
          </Rows>
          <Mistakes
            of={told.filter(
              ({ path: [, , member, n] }) => member !== 'zone' && !(member === 'open' && n !== undefined),
            )}
          />
        </>
      )}
    </section>
  );
}

function Returns({ editing: { form, set, mistakes } }: { editing: DestinationEditing }) {
  const told = mistakesAt(mistakes, 'settings.returns');
  return (
    <section className="stack" aria-label="Returns">
      <h3>Returns</h3>
      <CheckField
        label="It returns leads on terms"
        checked={form.mayReturn}
        onChange={(mayReturn) => set({ mayReturn })}
      />
      {form.mayReturn ? (
        <>
          <div className="field-row">
            <TextField
              label="For so many days after the sale"
              kind="number"
              value={form.returnDays}
              onChange={(returnDays) => set({ returnDays })}
              mistakes={mistakesAt(mistakes, 'settings.returns.window_days')}
            />
            <Choice
              label="Who decides"
              value={form.decision}
              options={Object.keys(DECISIONS)}
              show={(it) => DECISIONS[it] ?? it}
              isRequired
              onChange={(decision) => set({ decision: decision ?? form.decision })}
            />
          </div>
          <TextField
            label="Reasons that count"
            kind="long"
            rows={3}
            value={form.returnReasons}
            onChange={(returnReasons) => set({ returnReasons })}
            mistakes={mistakesAt(mistakes, 'settings.returns.reasons')}
            hint="One a line; nothing: any reason"
          />
          <CheckField
            label="A returned lead gives back what it used of caps of accepted leads"
            checked={form.givesBackCap}
            onChange={(givesBackCap) => set({ givesBackCap })}
          />
          <Mistakes of={told.filter(({ path }) => !['window_days', 'reasons'].includes(path[2] ?? ''))} />
        </>
      ) : (
        <p className="faint">What it reports as returned is taken back at once.</p>
      )}
    </section>
  );
}
