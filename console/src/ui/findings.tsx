import type { FindingFragment } from '../graphql/generated';
import { Sentence, StateChip } from './parts';
import { capital } from './sentences';

/** What the checks say of what was saved and of the flows that use it. */
export function Findings({ of }: { of: readonly FindingFragment[] }) {
  if (of.length === 0) return null;
  return (
    <ul className="findings" aria-label="What the checks say">
      {of.map(({ code, severity, node, message, hint }) => (
        <li key={[code, node, message].join(' ')}>
          <StateChip state={severity} />
          <span>
            <Sentence text={message} />.
            {hint && (
              <span className="faint">
                {' '}
                <Sentence text={capital(hint)} />.
              </span>
            )}
          </span>
          <code>{code}</code>
        </li>
      ))}
    </ul>
  );
}
