import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ListKind } from '../../graphql/generated';
import { useMay } from '../../shell/session';
import { Choice } from '../../ui/choice';
import { TextField } from '../../ui/form';
import { Card, Empty, Heading } from '../../ui/parts';
import { Upload } from './upload';
import { KINDS } from './words';

/** Begins a list with its first version. */
export function NewList() {
  const may = useMay('EDIT');
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<ListKind>('TEXT');
  return (
    <>
      <Heading title="New list">
        <Link to="/lists" className="button">
          All lists
        </Link>
      </Heading>
      {!may ? (
        <Empty title="Lists are uploaded by editors and admins." />
      ) : (
        <>
          <Card title="What it is">
            <div className="field-row">
              <TextField
                label="Name"
                value={name}
                onChange={setName}
                hint="Lower-case letters, digits, - and _, as predicates write it"
              />
              <Choice
                label="Its values are"
                value={kind}
                options={Object.keys(KINDS) as ListKind[]}
                show={(it) => KINDS[it]}
                isRequired
                onChange={(next) => setKind(next ?? kind)}
              />
            </div>
            <p className="faint">
              The kind stays: fields of this kind may be asked whether their value is in the list. Texts are for fields
              of kind text and enum.
            </p>
          </Card>
          <Upload
            name={name.trim()}
            kind={kind}
            revision={0}
            onSaved={() => void navigate({ to: '/lists/$name', params: { name: name.trim() }, search: {} })}
          />
        </>
      )}
    </>
  );
}
