import { Servers } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay, useSession } from '../../shell/session';
import { TourStart } from '../../shell/tour/tour';
import { words } from '../../ui/format';
import { Card, Fact, Heading, Loaded, Time } from '../../ui/parts';

/** Which server answers, who one is, and whose work the console is made from. */
export function About() {
  const { about, viewer } = useSession();
  const mayRead = useMay('READ');
  return (
    <>
      <Heading title="About" />
      <dl className="facts">
        <Fact name="Version">{about.version}</Fact>
        <Fact name="Console">
          <span className="mono">{about.consoleHash}</span>
        </Fact>
        <Fact name="Signed in as">
          {viewer.name}, {words(viewer.role)}
        </Fact>
        <Fact name="You may">{viewer.can.map(words).join(', ')}</Fact>
      </dl>
      {mayRead && (
        <p>
          <TourStart />
        </p>
      )}
      {mayRead && <Processes />}
      <Card title="Made with">
        <p>
          React, TanStack Router, TanStack Query and Lucide, under the MIT and ISC licences:{' '}
          <a href={`/_console/${about.consoleHash}/licences.txt`}>their texts</a>.
        </p>
      </Card>
    </>
  );
}

function Processes() {
  const servers = useAsk(Servers, {}, { poll: true });
  return (
    <Card title="Server processes">
      <Loaded of={servers} lines={2}>
        {(data) => (
          <div className="table-wrap">
            <table>
              <thead>
                <tr>
                  <th scope="col">Process</th>
                  <th scope="col">Program</th>
                  <th scope="col">Since</th>
                  <th scope="col">Duties</th>
                </tr>
              </thead>
              <tbody>
                {data.servers.map((server) => (
                  <tr key={`${server.name} ${server.beganAt}`}>
                    <th scope="row">{server.name}</th>
                    <td>{server.program}</td>
                    <td>
                      <Time at={server.beganAt} />
                    </td>
                    <td>{server.duties.length > 0 ? server.duties.join(', ') : <span className="faint">none</span>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
