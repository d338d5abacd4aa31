import { useState } from 'react';
import { EndSession, Sessions as SessionsOperation, type SessionsQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { words } from '../../ui/format';
import { Card, Loaded, Time } from '../../ui/parts';
import { browserName } from './browser-name';

type Session = SessionsQuery['sessions']['nodes'][number];

/** Browsers that are signed in: all of them for an admin, and for others those of their own token. */
export function Sessions() {
  const sessions = useAsk(SessionsOperation, {}, { poll: true });
  return (
    <Card title="Signed in">
      <Loaded of={sessions}>
        {({ sessions: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <p className="faint">No browser is signed in with a token.</p>
          ) : (
            <>
              <div className="table-wrap">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Token</th>
                      <th scope="col">Role</th>
                      <th scope="col">Browser</th>
                      <th scope="col">Since</th>
                      <th scope="col">Last seen</th>
                      <th scope="col">Over at</th>
                      <th scope="col">
                        <span className="visually-hidden">What can be done</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {nodes.map((session) => (
                      <Row key={session.id} session={session} />
                    ))}
                  </tbody>
                </table>
              </div>
              {pageInfo.hasNextPage && <p className="faint">There are more; these are the newest.</p>}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function Row({ session }: { session: Session }) {
  return (
    <tr>
      <th scope="row">
        {session.tokenName}
        {session.isOwn && <span className="tag">this browser</span>}
      </th>
      <td>{words(session.role)}</td>
      <td title={session.agent}>{browserName(session.agent)}</td>
      <td>
        <Time at={session.createdAt} />
      </td>
      <td>{session.lastSeenAt ? <Time at={session.lastSeenAt} /> : <span className="faint">just now</span>}</td>
      <td>
        <Time at={session.expiresAt} />
      </td>
      <td>
        <End session={session} />
      </td>
    </tr>
  );
}

function End({ session }: { session: Session }) {
  const [isOpen, setOpen] = useState(false);
  const change = useChange(EndSession, (answer) => answer.endSession);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        End…<span className="visually-hidden"> the session of {session.tokenName}</span>
      </button>
      <Ask
        title={`End the session of ${session.tokenName}`}
        open={isOpen}
        onClose={() => setOpen(false)}
        label="End it"
        change={change}
        onSend={() => change.send({ input: { id: session.id } })}
      >
        <p>
          {session.isOwn ? 'You are signed out of this browser.' : 'This browser is signed out within a second.'} The
          token stays valid: whoever has it can sign in again.
        </p>
      </Ask>
    </>
  );
}
