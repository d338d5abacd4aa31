import { Choice } from '../../../ui/choice';
import { Mistakes, mistakesAt, TextField } from '../../../ui/form';
import { Card } from '../../../ui/parts';
import type { DestinationEditing } from './editing';
import { Rows } from './rows';
import { newRule, type RuleForm, TESTS, type Test } from './rules';

const FORMATS: Record<string, string> = { json: 'JSON', xml: 'XML', text: 'plain text' };
const UNITS: Record<string, string> = { main: 'main units, 12.50', cents: 'hundredths, 1250', micros: 'millionths' };
const TEST_WORDS: Record<Test, string> = {
  none: 'be anything',
  equals: 'be',
  one_of: 'be one of',
  exists: 'be there',
  absent: 'be missing',
};

const KINDS = [
  ['accepted', 'accepted', 'It takes the lead if any of these holds'],
  ['rejected', 'rejected', 'It does not, if any of these holds: a no outweighs a yes'],
  ['notSent', 'not_sent', 'It surely has not got the lead, if any of these holds'],
] as const;

/** How the answer of a destination is read. */
export function AnswerFields({ editing }: { editing: DestinationEditing }) {
  const { form, set, mistakes } = editing;
  const at = (place: string) => mistakesAt(mistakes, `target.response.${place}`);
  return (
    <Card title="How its answers are read">
      <p className="faint">
        Paths look like <code>$.result.price</code>. An answer for which no rule holds is unknown, but for a status from
        400 to 499, which is a no.
      </p>
      {KINDS.map(([member, place, title]) => (
        <section key={member} className="stack" aria-label={title}>
          <h3>{title}</h3>
          <Rows noun="rule" rows={form[member]} begin={newRule} onChange={(rules) => set({ [member]: rules })}>
            {(rule, setRule, n) => (
              <>
                <RuleFields rule={rule} onChange={setRule} />
                <Mistakes of={at(`${place}.${n}`)} />
              </>
            )}
          </Rows>
          <Mistakes of={at(place).filter(({ path }) => path.length <= 3)} />
        </section>
      ))}
      <AlsoRead editing={editing} />
    </Card>
  );
}

function AlsoRead({ editing: { form, set, mistakes } }: { editing: DestinationEditing }) {
  const at = (place: string) => mistakesAt(mistakes, `target.response.${place}`);
  return (
    <section className="stack" aria-label="What else is read">
      <h3>What else is read</h3>
      <div className="field-row">
        <Choice
          label="It answers as"
          value={form.answerFormat}
          options={Object.keys(FORMATS)}
          show={(format) => FORMATS[format] ?? format}
          isRequired
          onChange={(answerFormat) => set({ answerFormat: answerFormat ?? form.answerFormat })}
        />
        <TextField
          label="Price at"
          value={form.pricePath}
          onChange={(pricePath) => set({ pricePath })}
          mistakes={at('price')}
        />
        <Choice
          label="Prices count"
          value={form.priceUnit}
          options={Object.keys(UNITS)}
          show={(unit) => UNITS[unit] ?? unit}
          isRequired
          onChange={(priceUnit) => set({ priceUnit: priceUnit ?? form.priceUnit })}
        />
      </div>
      <div className="field-row">
        <TextField
          label="Reason of a no at"
          value={form.reason}
          onChange={(reason) => set({ reason })}
          mistakes={at('reason')}
        />
        <TextField
          label="Its id of the lead at"
          value={form.reference}
          onChange={(reference) => set({ reference })}
          mistakes={at('reference')}
        />
        <TextField
          label="Address for the person at"
          value={form.redirectUrl}
          onChange={(redirectUrl) => set({ redirectUrl })}
          mistakes={at('redirect_url')}
        />
      </div>
      <Mistakes of={[...at('format'), ...at('price_unit')]} />
    </section>
  );
}

function RuleFields({ rule, onChange }: { rule: RuleForm; onChange: (part: Partial<RuleForm>) => void }) {
  return (
    <>
      <div className="settings-short">
        <TextField label="Status" value={rule.status} onChange={(status) => onChange({ status })} />
      </div>
      <TextField label="The value at" value={rule.path} onChange={(path) => onChange({ path })} />
      <Choice
        label="Must"
        value={rule.test}
        options={TESTS}
        show={(test) => TEST_WORDS[test]}
        isRequired
        onChange={(test) => onChange({ test: test ?? rule.test })}
      />
      {(rule.test === 'equals' || rule.test === 'one_of') && (
        <TextField
          label={rule.test === 'equals' ? 'This value' : 'These values'}
          value={rule.value}
          onChange={(value) => onChange({ value })}
        />
      )}
      <TextField label="Body contains" value={rule.contains} onChange={(contains) => onChange({ contains })} />
    </>
  );
}
