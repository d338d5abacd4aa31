import { Link } from '@tanstack/react-router';
import type { LeadSchemasQuery } from '../../graphql/generated';

export type UsingFlow = LeadSchemasQuery['flows']['nodes'][number];

/** The flows that read the leads of a vertical, each with whether it takes leads. */
export function UsedBy({ flows }: { flows: readonly UsingFlow[] }) {
  if (flows.length === 0) return <span className="faint">none</span>;
  return flows.map(({ name, isLive }, at) => (
    <span key={name}>
      {at > 0 && ', '}
      <Link to="/flows/$flow" params={{ flow: name }} search={{}}>
        {name}
      </Link>
      {!isLive && <span className="faint"> (not live)</span>}
    </span>
  ));
}
