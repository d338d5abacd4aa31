import { useState } from 'react';
import type { FlowNode } from '../../../graphql/flow-document';
import { TextField } from '../../../ui/form';
import { nextTarget } from './arm-lists';
import { type Column, cellText, readCell } from './cells';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton, Committed, RemoveButton } from './fields';
import { ChoiceMember } from './members';
import { subjects, unusedValues } from './new-node';
import { Port, Ports } from './ports';

interface Case {
  in: (string | number | boolean)[];
  to: string;
}

/** The cases of a switch: of which field, which values, and where they lead. */
export function Cases({ name, node }: { name: string; node: FlowNode }) {
  const { document, columns, findings, setValue } = useWork();
  const cases = (node.cases ?? []) as Case[];
  const on = String(node.on ?? '');
  const all = subjects(document, columns);
  const column = all.find((it) => it.name === on) ?? { name: on, kind: 'text', labels: null };
  const put = (next: Case[]) => setValue(name, 'cases', next);
  return (
    <div className="entries">
      <ChoiceMember node={name} part="on" label="By the value of" options={all.map((it) => it.name)} />
      {cases.map((it, at) => (
        <div className="entry" key={at}>
          <div>
            <Committed
              label={`Case ${at + 1}: ${on} is one of`}
              value={cellText(it.in)}
              read={(text) => {
                const values = readValues(text, column);
                if (typeof values === 'string') return values;
                setValue(name, `cases[${at}].in`, values);
                return null;
              }}
            />
            <FindingsOf of={findingsAt(findings, name, `cases[${at}]`).filter(({ part }) => !part?.endsWith('.to'))} />
          </div>
          <Port node={name} part={`cases[${at}].to`} label={`case ${at + 1}`} />
          <RemoveButton label={`Remove case ${at + 1}`} onPress={() => put(cases.toSpliced(at, 1))} />
        </div>
      ))}
      <FindingsOf of={findings.filter((it) => it.node === name && it.part === 'cases')} />
      <NewCase
        key={`${on} ${cases.length}`}
        column={column}
        used={cases.flatMap((it) => it.in)}
        onAdd={(values) => {
          const to = nextTarget(
            document,
            cases.map((it) => it.to),
          );
          put([...cases, { in: values, to }]);
        }}
      />
      <Ports node={name} parts={['otherwise']} />
    </div>
  );
}

/** The values of a case as people type them, or what is wrong with them. */
export function readValues(text: string, column: Column): Case['in'] | string {
  const read = readCell(text, column);
  if ('mistake' in read) return read.mistake;
  return Array.isArray(read.cell) && read.cell.length > 0 ? read.cell : 'a case has values, such as CA, TX';
}

function NewCase({ column, used, onAdd }: { column: Column; used: unknown[]; onAdd: (values: Case['in']) => void }) {
  const next = unusedValues(column, used)[0];
  const [text, setText] = useState(next === undefined ? '' : cellText([next]));
  const [mistake, setMistake] = useState<string | null>(null);
  const add = () => {
    const values = readValues(text, column);
    if (typeof values === 'string') setMistake(values);
    else onAdd(values);
  };
  return (
    <form
      className="entry"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
      noValidate
    >
      <TextField
        label={`A new case: ${column.name} is one of`}
        value={text}
        onChange={(to) => {
          setText(to);
          setMistake(null);
        }}
        mistakes={mistake === null ? [] : [{ path: [], code: 'values', message: mistake, hint: null }]}
      />
      <AddButton onPress={add}>Add the case</AddButton>
    </form>
  );
}
