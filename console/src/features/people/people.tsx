import { People as PeopleOperation, type PeopleQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { words } from '../../ui/format';
import { Card, Heading, Loaded } from '../../ui/parts';
import { Erase } from './erase';
import { Erasures } from './erasures';
import { Retentions } from './retention';
import { Suppressions } from './suppressions';

export { Erasure } from './erasures';

/** What is kept of persons: whom to forget, whose leads are not taken, for how long values stay, and who sees them. */
export function People() {
  const people = useAsk(PeopleOperation, {}, { poll: true });
  return (
    <>
      <Heading title="Persons" />
      <Loaded of={people} lines={12}>
        {(data) => {
          const fields = personalFields(data);
          return (
            <>
              {fields.length === 0 ? (
                <p className="lede">
                  No lead schema has a field that is marked as personal: there is nothing to find a person by.
                </p>
              ) : (
                <Erase fields={fields} />
              )}
              <Erasures />
              <div className="columns">
                <Suppressions counts={data.suppressions} fields={fields} />
                <Retentions schemas={data.leadSchemas.nodes} rules={data.retentions} />
              </div>
              <Access data={data} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** Names of personal fields; those that are of one person alone come first. */
function personalFields({ leadSchemas }: PeopleQuery): string[] {
  const personal = leadSchemas.nodes.flatMap(({ fields }) => fields.filter(({ pii }) => pii));
  const rank = (kind: string) => (kind === 'email' ? 0 : kind === 'phone' ? 1 : 2);
  personal.sort((a, b) => rank(a.kind) - rank(b.kind) || a.name.localeCompare(b.name));
  return [...new Set(personal.map(({ name }) => name))];
}

/** Which roles see personal values, and which may do something about them. */
function Access({ data: { roles } }: { data: PeopleQuery }) {
  const yes = (is: boolean) => (is ? 'yes' : <span className="faint">no</span>);
  return (
    <Card title="Who may see and do what">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Role</th>
              <th scope="col">Sees leads</th>
              <th scope="col">Sees personal values</th>
              <th scope="col">Erases, and sets retention</th>
            </tr>
          </thead>
          <tbody>
            {roles.map(({ role, can }) => {
              const isOwn = can.includes('SEND_LEADS') && !can.includes('READ');
              return (
                <tr key={role}>
                  <th scope="row">{words(role)}</th>
                  <td>{isOwn ? 'its own' : yes(can.includes('READ'))}</td>
                  <td>
                    {can.includes('READ_PERSONAL')
                      ? 'in programs; in browsers they are covered, and each look is noted with the lead'
                      : isOwn
                        ? 'those that it sent'
                        : yes(false)}
                  </td>
                  <td>{yes(can.includes('ADMINISTER'))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
