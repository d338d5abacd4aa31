import { useId, useMemo, useState } from 'react';
import type { FieldDocument } from '../../graphql/flow-document';
import { type SourceFormQuery, TryPayload, type TryPayloadQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { useLater } from '../../ui/later';
import { Card, Loaded, Sentence, StateChip } from '../../ui/parts';
import { capital } from '../../ui/sentences';
import { examplePayload, isTyped, withRule, writtenDocument } from './document';
import type { Editing } from './editing';

const FORMS = {
  'application/json': 'JSON',
  'application/x-www-form-urlencoded': 'a form, or the part of an address after ?',
} as const;
type ContentType = keyof typeof FORMS;

/** What a payload looks like, until somebody says it. */
function contentTypeOf(payload: string): ContentType {
  return /^\s*[^\s{[=]+=/.test(payload) ? 'application/x-www-form-urlencoded' : 'application/json';
}

/** A payload, read by the document as it stands here, saved or not. It is stored nowhere, also not in the browser. */
export function Trial({ name, editing, choices }: { name: string; editing: Editing; choices: SourceFormQuery }) {
  const id = useId();
  const { typed } = editing;
  const document = isTyped(typed) ? typed.document : null;
  const fields = choices.flows.nodes.find((flow) => flow.name === document?.flow)?.leadSchema?.declaredFields ?? [];
  const [payload, setPayload] = useState('');
  const [chosen, setChosen] = useState<ContentType | null>(null);
  const contentType = chosen ?? contentTypeOf(payload);
  const input = useLater(
    useMemo(() => ({ source: name, document, payload, contentType }), [name, document, payload, contentType]),
  );
  const isAsked = input.payload.trim() !== '' && input.document !== null;
  const tried = useAsk(TryPayload, { input }, { enabled: isAsked });
  const fill = () => {
    setPayload(examplePayload(document?.preset ?? 'form', fields));
    setChosen(null);
  };
  return (
    <div className="source-trial">
      <Card
        title="Try a payload"
        aside={
          <button type="button" className="plain" disabled={fields.length === 0} onClick={fill}>
            Fill in an example
          </button>
        }
      >
        <Choice
          label="It comes as"
          value={contentType}
          options={Object.keys(FORMS) as ContentType[]}
          show={(it) => FORMS[it]}
          isRequired
          onChange={(next) => setChosen(next ?? null)}
        />
        <div className="field source-payload">
          <label htmlFor={id}>Payload, exactly as the source sends it</label>
          <textarea
            id={id}
            className="mono"
            rows={8}
            spellCheck={false}
            autoComplete="off"
            value={payload}
            onChange={(event) => setPayload(event.target.value)}
          />
        </div>
        {payload.trim() === '' ? (
          <p className="faint">Paste one, and what it is read as is shown here. Nothing is stored or sent on.</p>
        ) : document === null ? (
          <p className="faint">Mend the document, and the payload is read by it.</p>
        ) : (
          <Loaded of={tried} lines={4}>
            {({ tryPayload }) => <Reading of={tryPayload} fields={fields} editing={editing} />}
          </Loaded>
        )}
      </Card>
    </div>
  );
}

type Tried = TryPayloadQuery['tryPayload'];
type Problem = Tried['problems'][number];

/** What the payload would be: each field with where it was found, what was given, what was read, and what is wrong. */
function Reading({ of, fields, editing }: { of: Tried; fields: readonly FieldDocument[]; editing: Editing }) {
  const ofField = (name: string) => of.problems.filter(({ path }) => path[0] === 'fields' && path[1] === name);
  const shown = new Set(of.fields.map(({ field }) => field));
  const rest = of.problems.filter(({ path }) => !(path[0] === 'fields' && shown.has(path[1] ?? '')));
  return (
    <div className="source-reading" aria-live="polite">
      <p className="source-verdict">
        {of.isAccepted ? (
          <StateChip state="AVAILABLE" label="would be taken" />
        ) : (
          <StateChip state="REFUSED" label="would be refused" />
        )}
        {of.isTest && <span className="tag">test</span>}
        {of.idempotencyKey && (
          <span className="faint">
            key <span className="mono">{of.idempotencyKey}</span>
          </span>
        )}
      </p>
      <Problems of={rest} />
      {of.fields.length > 0 && (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">From</th>
                <th scope="col">Given</th>
                <th scope="col">Read as</th>
              </tr>
            </thead>
            <tbody>
              {of.fields.map(({ field, from, given, read }) => (
                <tr key={field}>
                  <th scope="row">{field}</th>
                  <td className="mono">{from ?? <span className="faint">nowhere</span>}</td>
                  <td>
                    <Given value={given} />
                  </td>
                  <td className="wrap">
                    <Given value={read} />
                    <Problems of={ofField(field)} isShort />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Unknown of={of.unknown} fields={fields} editing={editing} />
    </div>
  );
}

/** Answers that no field takes; each can be made one with a press. */
function Unknown({
  of,
  fields,
  editing,
}: {
  of: Tried['unknown'];
  fields: readonly FieldDocument[];
  editing: Editing;
}) {
  const { typed } = editing;
  if (of.length === 0) return null;
  return (
    <div className="table-wrap">
      <table>
        <caption>Answers that no field takes</caption>
        <thead>
          <tr>
            <th scope="col">Answer</th>
            <th scope="col">Value</th>
            <th scope="col">Make it a field</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row" className="mono">
                {key}
              </th>
              <td>
                <Given value={value} />
              </td>
              <td>
                <select
                  aria-label={`Field of ${key}`}
                  value=""
                  onChange={(event) => {
                    if (!isTyped(typed) || event.target.value === '') return;
                    editing.type(writtenDocument(withRule(typed.document, event.target.value, key)));
                  }}
                >
                  <option value="">none</option>
                  {fields.map(({ name }) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Problems({ of, isShort = false }: { of: readonly Problem[]; isShort?: boolean }) {
  if (of.length === 0) return null;
  return (
    <ul className="field-errors">
      {of.map(({ path, code, message, hint }) => (
        <li key={`${code} ${path.join('.')} ${message}`}>
          {!isShort && path.length > 0 && (
            <>
              <code>{path.join('.')}</code>:{' '}
            </>
          )}
          <Sentence text={message} />
          {hint && (
            <span>
              . <Sentence text={capital(hint)} />.
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Given({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="faint">missing</span>;
  return <span className="mono">{JSON.stringify(value)}</span>;
}
