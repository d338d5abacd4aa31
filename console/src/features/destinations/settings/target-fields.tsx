import { useId } from 'react';
import type { MistakeFragment } from '../../../graphql/generated';
import { Choice } from '../../../ui/choice';
import { Mistakes, mistakesAt, TextField } from '../../../ui/form';
import { Card } from '../../../ui/parts';
import { isXml, type SecretForm } from './document';
import type { DestinationEditing } from './editing';
import { Rows } from './rows';

const METHODS = ['POST', 'PUT', 'GET'];

const FORMATS: Record<string, string> = {
  json: 'JSON',
  form: 'a form',
  query: 'parameters in the address',
  xml: 'XML',
  soap: 'SOAP 1.1',
  soap12: 'SOAP 1.2',
};

/** How a lead is sent to a destination. */
export function TargetFields({ editing }: { editing: DestinationEditing }) {
  const { form, set, mistakes } = editing;
  const at = (place: string) => mistakesAt(mistakes, `target.${place}`);
  return (
    <Card title="How it is reached">
      <div className="settings-wide">
        <TextField
          label="Address"
          value={form.url}
          onChange={(url) => set({ url })}
          mistakes={at('url')}
          hint="Such as https://buyer.example/leads"
        />
      </div>
      <div className="field-row">
        <div className="stack">
          <Choice
            label="Method"
            value={form.method}
            options={METHODS}
            isRequired
            onChange={(method) => set({ method: method ?? form.method })}
          />
          <Mistakes of={at('method')} />
        </div>
        <div className="stack">
          <Choice
            label="Leads are sent as"
            value={form.format}
            options={Object.keys(FORMATS)}
            show={(format) => FORMATS[format] ?? format}
            isRequired
            onChange={(format) => set({ format: format ?? form.format })}
          />
          <Mistakes of={at('format')} />
        </div>
        <TextField
          label="It answers within"
          kind="number"
          unit="ms"
          value={form.timeout}
          onChange={(timeout) => set({ timeout })}
          mistakes={at('timeout_ms')}
        />
      </div>
      <div className="mono-field">
        <TextField
          label={isXml(form.format) ? 'Body: the text of a document' : 'Body: JSON'}
          kind="long"
          rows={Math.min(18, Math.max(4, form.body.split('\n').length))}
          value={form.body}
          onChange={(body) => set({ body })}
          mistakes={at('body')}
          hint={
            <>
              Placeholders such as <code>{'{{lead.phone | last 10}}'}</code>, <code>{'{{click_id}}'}</code> or{' '}
              <code>{'{{secret.api_key}}'}</code> are replaced. Without a body, all fields of the lead are sent under
              their own names.
            </>
          }
        />
      </div>
      <Headers editing={editing} />
      <Secrets editing={editing} />
    </Card>
  );
}

function Headers({ editing: { form, set, mistakes } }: { editing: DestinationEditing }) {
  const at = (place: string) => mistakesAt(mistakes, `target.${place}`);
  return (
    <section className="stack" aria-label="Headers">
      <h3>Headers</h3>
      <Rows
        noun="header"
        rows={form.headers}
        begin={(key) => ({ key, name: '', value: '' })}
        onChange={(headers) => set({ headers })}
      >
        {(row, setRow) => (
          <>
            <TextField label="Header" value={row.name} onChange={(name) => setRow({ name })} />
            <div className="settings-wide">
              <TextField
                label="Its value"
                value={row.value}
                onChange={(value) => setRow({ value })}
                mistakes={row.name.trim() === '' ? [] : at(`headers.${row.name.trim()}`)}
              />
            </div>
          </>
        )}
      </Rows>
      <Mistakes of={unnamed(at('headers'), 'headers', form.headers)} />
    </section>
  );
}

/** Mistakes at none of the rows that are there. */
function unnamed(mistakes: readonly MistakeFragment[], place: string, rows: readonly { name: string }[]) {
  return mistakes.filter(({ path }) => path[1] === place && !rows.some(({ name }) => name.trim() === path[2]));
}

/** Values for `{{secret.NAME}}`. A secret is typed, sent and never shown; it is in no storage of the browser. */
function Secrets({ editing: { form, set, mistakes } }: { editing: DestinationEditing }) {
  const at = (place: string) => mistakesAt(mistakes, `target.${place}`);
  return (
    <section className="stack" aria-label="Secrets">
      <h3>Secrets</h3>
      <p className="faint">
        Stand in headers and the body as <code>{'{{secret.NAME}}'}</code>. A stored one is kept unless another is typed;
        nobody can read it.
      </p>
      <Rows
        noun="secret"
        rows={form.secrets}
        begin={(key) => ({ key, name: '', value: '', isStored: false })}
        onChange={(secrets) => set({ secrets })}
      >
        {(row, setRow) => (
          <>
            {row.isStored ? (
              <div className="field">
                <span className="settings-label">Secret</span>
                <code className="settings-name">{row.name}</code>
              </div>
            ) : (
              <TextField label="Secret" value={row.name} onChange={(name) => setRow({ name })} />
            )}
            <SecretValue row={row} onChange={(value) => setRow({ value })} />
            <Mistakes of={row.name.trim() === '' ? [] : at(`secrets.${row.name.trim()}`)} />
          </>
        )}
      </Rows>
      <Mistakes of={unnamed(at('secrets'), 'secrets', form.secrets)} />
    </section>
  );
}

function SecretValue({ row, onChange }: { row: SecretForm; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Its value</label>
      <div className="field-line">
        <input
          id={id}
          type="password"
          autoComplete="new-password"
          value={row.value}
          placeholder={row.isStored ? 'stored' : 'not given yet'}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
    </div>
  );
}
