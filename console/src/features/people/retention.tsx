import { useState } from 'react';
import { type PeopleQuery, SetRetention } from '../../graphql/generated';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { mistakesAt, TextField } from '../../ui/form';
import { count } from '../../ui/format';
import { Allowed, Card, Time } from '../../ui/parts';

type Rule = PeopleQuery['retentions'][number];

/** For how long personal values are kept, by vertical. */
export function Retentions({ schemas, rules }: { schemas: PeopleQuery['leadSchemas']['nodes']; rules: Rule[] }) {
  return (
    <Card title="Retention">
      <p className="faint">Personal values of older leads are removed within minutes; the leads stay.</p>
      {schemas.length === 0 ? (
        <p>There is no vertical yet.</p>
      ) : (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">Vertical</th>
                <th scope="col">Kept for</th>
                <th scope="col">Removed up to</th>
                <th scope="col">
                  <span className="visually-hidden">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {schemas.map(({ vertical }) => {
                const rule = rules.find((it) => it.vertical === vertical);
                return (
                  <tr key={vertical}>
                    <th scope="row">{vertical}</th>
                    <td>{rule ? days(rule.days) : <span className="faint">as long as the lead</span>}</td>
                    <td>{rule ? <Time at={rule.keptFrom} /> : <span className="faint">nothing</span>}</td>
                    <td>
                      <Change vertical={vertical} rule={rule} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function days(n: number): string {
  return n === 1 ? 'a day' : `${count(n)} days`;
}

function Change({ vertical, rule }: { vertical: string; rule: Rule | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState(rule ? String(rule.days) : '');
  const change = useChange(SetRetention, (answer) => answer.setRetention);
  const n = typed.trim() === '' ? null : Number(typed.trim());
  const isNumber = n === null || (Number.isInteger(n) && n >= 0 && n < 2 ** 31);
  return (
    <Allowed to="ADMINISTER" by="an admin">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Change…<span className="visually-hidden"> of {vertical}</span>
      </button>
      <Ask
        title={`How long values of ${vertical} are kept`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label={n === null ? 'Keep them' : 'Set it'}
        change={change}
        isReady={isNumber}
        onSend={() => change.send({ input: { vertical, days: n } })}
        places={['days']}
      >
        <TextField
          label="Days"
          kind="number"
          value={typed}
          onChange={setTyped}
          mistakes={mistakesAt(change.mistakes, 'days')}
          hint="1 to 3,650; empty: as long as the lead is kept"
        />
        {n !== null && isNumber && (
          <p className="attention">
            Personal values of leads that are older than {days(n)} are removed within minutes, and cannot be brought
            back.
          </p>
        )}
      </Ask>
    </Allowed>
  );
}
