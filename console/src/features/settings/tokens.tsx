import { Tokens as TokensOperation } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { words } from '../../ui/format';
import { Empty, Heading, Loaded, StateChip, Time } from '../../ui/parts';

/** Who may do what. Secrets are shown once, when a token is made, and never here. */
export function Tokens() {
  const may = useMay('ADMINISTER');
  const tokens = useAsk(TokensOperation, {}, { enabled: may });
  return (
    <>
      <Heading title="Tokens" />
      {!may && <Empty title="Tokens are shown to admins only." />}
      {may && (
        <Loaded of={tokens}>
          {(data) =>
            data.tokens.nodes.length === 0 ? (
              <Empty title="There is no token yet.">
                <pre>pointsman token create --name ana --role analyst</pre>
              </Empty>
            ) : (
              <div className="table-wrap">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Name</th>
                      <th scope="col">Role</th>
                      <th scope="col">Speaks for</th>
                      <th scope="col">Made</th>
                      <th scope="col">State</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.tokens.nodes.map((token) => (
                      <tr key={token.id} className={token.revokedAt ? 'is-over' : undefined}>
                        <th scope="row">{token.name}</th>
                        <td>{words(token.role)}</td>
                        <td>{token.source ?? token.destination ?? <span className="faint">anybody</span>}</td>
                        <td>
                          <Time at={token.createdAt} />
                        </td>
                        <td>
                          {token.revokedAt ? (
                            <>
                              <StateChip state="INACTIVE" label="revoked" /> <Time at={token.revokedAt} />
                            </>
                          ) : (
                            <StateChip state="AVAILABLE" label="valid" />
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      )}
    </>
  );
}
