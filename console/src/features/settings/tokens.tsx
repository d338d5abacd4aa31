import { useState } from 'react';
import { RevokeToken, Tokens as TokensOperation, type TokensQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { useMay } from '../../shell/session';
import { Ask } from '../../ui/ask';
import { words } from '../../ui/format';
import { Card, Empty, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { ToCopy } from '../../ui/to-copy';
import { NewToken } from './new-token';
import { Sessions } from './sessions';

type Token = TokensQuery['tokens']['nodes'][number];

/** Who may do what. Secrets are shown once, when a token is made. */
export function Tokens() {
  const may = useMay('ADMINISTER');
  const tokens = useAsk(TokensOperation, {}, { enabled: may });
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  return (
    <>
      <Heading title="Tokens">{may && <NewToken onMade={setMade} />}</Heading>
      {!may && <Empty title="Tokens are shown to admins only." />}
      {made && (
        <Card title={`The token of ${made.name}`}>
          <p className="band-inline" role="status">
            It is shown this once, and stored nowhere. Whoever has it can do what its role may.
          </p>
          <ToCopy label="Token" value={made.secret} />
        </Card>
      )}
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
                      <th scope="col">Last used</th>
                      <th scope="col">State</th>
                      <th scope="col">
                        <span className="visually-hidden">What can be done</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.tokens.nodes.map((token) => (
                      <Row key={token.id} token={token} />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      )}
      <Sessions />
    </>
  );
}

function Row({ token }: { token: Token }) {
  return (
    <tr className={token.revokedAt ? 'is-over' : undefined}>
      <th scope="row">{token.name}</th>
      <td>{words(token.role)}</td>
      <td>{token.source ?? token.destination ?? <span className="faint">anybody</span>}</td>
      <td>
        <Time at={token.createdAt} />
      </td>
      <td>{token.lastUsedAt ? <Time at={token.lastUsedAt} /> : <span className="faint">not known</span>}</td>
      <td>
        {token.revokedAt ? (
          <>
            <StateChip state="INACTIVE" label="revoked" /> <Time at={token.revokedAt} />
          </>
        ) : (
          <StateChip state="AVAILABLE" label="valid" />
        )}
      </td>
      <td>{!token.revokedAt && <Revoke token={token} />}</td>
    </tr>
  );
}

function Revoke({ token }: { token: Token }) {
  const [isOpen, setOpen] = useState(false);
  const change = useChange(RevokeToken, (answer) => answer.revokeToken);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Revoke…<span className="visually-hidden"> the token of {token.name}</span>
      </button>
      <Ask
        title={`Revoke the token of ${token.name}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Revoke it"
        change={change}
        onSend={() => change.send({ input: { id: token.id } })}
      >
        <p>
          Whoever uses it is refused from then on, and so are the browsers that signed in with it. It cannot be made
          valid again.
        </p>
      </Ask>
    </>
  );
}
