import { MoveDown, MoveUp } from 'lucide-react';
import { Fragment, useState } from 'react';
import type { MistakeFragment } from '../../graphql/generated';
import { useMay } from '../../shell/session';
import { Mistakes } from '../../ui/form';
import { words } from '../../ui/format';
import { Card, Sentence } from '../../ui/parts';
import { type FieldForm, fieldsOf, isChanged, NEEDED, placeWords, rangeWords } from './document';
import type { SchemaEditing } from './editing';
import { FieldFields } from './field-fields';

/** The fields of a schema as a table; one that is changed opens below its row. */
export function FieldTable({ editing }: { editing: SchemaEditing }) {
  const may = useMay('EDIT');
  const [open, setOpen] = useState<readonly number[]>([]);
  const { forms, add } = editing;
  const turn = (key: number) => setOpen((old) => (old.includes(key) ? old.filter((it) => it !== key) : [...old, key]));
  const addField = () => {
    const key = add();
    setOpen((old) => [...old, key]);
  };
  return (
    <Card title="Fields">
      <p className="faint">
        Beside these, every lead has <code>source</code>, <code>sub_id_1</code> to <code>sub_id_5</code>,{' '}
        <code>received_at</code> and <code>is_test</code>.
      </p>
      {forms.length === 0 ? (
        <p className="faint">It has no field of its own.</p>
      ) : (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Kind</th>
                <th scope="col">Needed</th>
                <th scope="col">Personal</th>
                <th scope="col">What it may hold</th>
                <th scope="col">
                  <span className="visually-hidden">Changes</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {forms.map((form) => (
                <FieldRows
                  key={form.key}
                  form={form}
                  editing={editing}
                  isOpen={open.includes(form.key)}
                  onTurn={() => turn(form.key)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div>
        <button type="button" className="button" disabled={!may} onClick={addField}>
          Add a field
        </button>
      </div>
    </Card>
  );
}

function FieldRows({
  form,
  editing,
  isOpen,
  onTurn,
}: {
  form: FieldForm;
  editing: SchemaEditing;
  isOpen: boolean;
  onTurn: () => void;
}) {
  const may = useMay('EDIT');
  const told = editing.byField.get(form.key) ?? [];
  const own = told.filter(({ path }) => path[0] === 'fields');
  const isOther = form.isRemoved || isChanged(form, editing.base);
  const ofFlows = isOther ? told.filter(({ path }) => path[0] === 'flow') : [];
  const isShown = !form.isRemoved && (isOpen || own.length > 0);
  return (
    <Fragment>
      <FieldRow form={form} editing={editing} isShown={isShown} onTurn={onTurn} />
      {(isShown || ofFlows.length > 0) && (
        <tr className="schema-open">
          <td className="wrap" colSpan={6}>
            {ofFlows.length > 0 && <ReadByFlows of={ofFlows} />}
            {isShown && (
              <fieldset className="schema-fields" disabled={!may}>
                <legend className="visually-hidden">Field {form.name || 'without a name'}</legend>
                <FieldFields form={form} mistakes={own} onChange={(part) => editing.set(form.key, part)} />
              </fieldset>
            )}
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function FieldRow({
  form,
  editing,
  isShown,
  onTurn,
}: {
  form: FieldForm;
  editing: SchemaEditing;
  isShown: boolean;
  onTurn: () => void;
}) {
  const may = useMay('EDIT');
  const [field] = fieldsOf([{ ...form, isRemoved: false }]);
  const name = form.name.trim() || 'the new field';
  if (!field) return null;
  if (form.isRemoved) return <RemovedRow form={form} editing={editing} />;
  return (
    <tr>
      <th scope="row">{form.name.trim() || <span className="faint">new</span>}</th>
      <td>{words(form.kind)}</td>
      <td>{NEEDED[form.required] ?? form.required}</td>
      <td>{form.isPersonal ? 'yes' : <span className="faint">no</span>}</td>
      <td className="wrap">{rangeWords(field)}</td>
      <td className="right">
        <span className="schema-buttons">
          <button type="button" className="button" aria-expanded={isShown} onClick={onTurn}>
            {isShown ? 'Close' : may ? 'Change' : 'See'}
            <span className="visually-hidden"> {name}</span>
          </button>
          <button
            type="button"
            className="plain icon"
            disabled={!may}
            aria-label={`Move ${name} up`}
            title="Move up"
            onClick={() => editing.move(form.key, -1)}
          >
            <MoveUp aria-hidden size={15} />
          </button>
          <button
            type="button"
            className="plain icon"
            disabled={!may}
            aria-label={`Move ${name} down`}
            title="Move down"
            onClick={() => editing.move(form.key, 1)}
          >
            <MoveDown aria-hidden size={15} />
          </button>
          <button type="button" className="button" disabled={!may} onClick={() => editing.remove(form.key)}>
            Remove<span className="visually-hidden"> {name}</span>
          </button>
        </span>
      </td>
    </tr>
  );
}

function RemovedRow({ form, editing }: { form: FieldForm; editing: SchemaEditing }) {
  const may = useMay('EDIT');
  return (
    <tr className="schema-removed">
      <th scope="row">
        <del>{form.was}</del>
      </th>
      <td colSpan={4}>is removed when it is saved</td>
      <td className="right">
        <button
          type="button"
          className="button"
          disabled={!may}
          onClick={() => editing.set(form.key, { isRemoved: false })}
        >
          Keep<span className="visually-hidden"> {form.was}</span>
        </button>
      </td>
    </tr>
  );
}

/** Why a field cannot be as it is here: what live flows read of it. */
function ReadByFlows({ of }: { of: readonly MistakeFragment[] }) {
  return (
    <div className="stack schema-read" role="alert">
      <p>Live flows read it, so nothing is saved:</p>
      <ul className="change-list">
        {of.map((mistake) => (
          <li key={[...mistake.path, mistake.message].join(' ')}>
            <Sentence text={placeWords(mistake)} />
            <Mistakes of={[mistake]} />
          </li>
        ))}
      </ul>
    </div>
  );
}
