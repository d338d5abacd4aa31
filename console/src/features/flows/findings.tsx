import { Link } from '@tanstack/react-router';
import type { FlowQuery } from '../../graphql/generated';
import { Card, StateChip } from '../../ui/parts';

type Diagnostic = NonNullable<NonNullable<FlowQuery['flow']>['draft']>['diagnostics'][number];

/** What the checks say of a draft, errors first. */
export function Findings({ diagnostics }: { diagnostics: Diagnostic[] }) {
  if (diagnostics.length === 0) {
    return <p className="lede">The checks find nothing wrong with this draft.</p>;
  }
  const sorted = [...diagnostics].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <Card title="What the checks say">
      <ul className="findings">
        {sorted.map((it) => (
          <li key={[it.code, it.node, it.part, it.message].join(' ')}>
            <StateChip state={it.severity === 'ERROR' ? 'RETURNED' : 'CLOSED'} label={it.severity.toLowerCase()} />
            <span>
              {it.node && (
                <Link from="/flows/$flow" to="." search={(old) => ({ ...old, node: it.node ?? undefined })}>
                  {it.node}
                </Link>
              )}{' '}
              {it.message}
              {it.hint && <span className="faint"> {it.hint}</span>}
            </span>
            <code>{it.code}</code>
          </li>
        ))}
      </ul>
    </Card>
  );
}
