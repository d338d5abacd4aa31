import { Link } from '@tanstack/react-router';
import { useMay, useSession } from '../../shell/session';
import { TourStart } from '../../shell/tour/tour';
import { words } from '../../ui/format';
import { Card, Fact, Heading } from '../../ui/parts';

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
      {mayRead && (
        <p>
          Which processes serve, and what needs somebody, is under <Link to="/operations">operations</Link>.
        </p>
      )}
      <Card title="Made with">
        <p>
          React, TanStack Router, TanStack Query and Lucide, under the MIT and ISC licences:{' '}
          <a href={`/_console/${about.consoleHash}/licences.txt`}>their texts</a>.
        </p>
      </Card>
    </>
  );
}
