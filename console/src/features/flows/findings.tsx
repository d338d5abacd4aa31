import { type ReactNode, useState } from 'react';
import type { FindingFragment } from '../../graphql/generated';
import { count } from '../../ui/format';
import { Card, Sentence, StateChip } from '../../ui/parts';
import { capital, placeText } from '../../ui/sentences';

type Diagnostic = Omit<FindingFragment, 'destination'>;

/** A hint as a sentence of its own. */
export function Hint({ text }: { text: string | null | undefined }) {
  if (!text) return null;
  return (
    <span className="faint">
      {' '}
      <Sentence text={capital(text)} />.
    </span>
  );
}

/** A name of a finding for an address: what is found, and where. */
export function keyOf({ code, node, part }: Diagnostic): string {
  return [code, node, part].filter(Boolean).join(' ');
}

/** Findings that are shown at first: a mistake that a program made 500 times would push the graph out of sight. */
const SHOWN = 8;

/** What the checks say of a draft, errors first. */
export function Findings({
  diagnostics,
  onChoose,
  example,
}: {
  diagnostics: readonly Diagnostic[];
  /** Shows a node. */
  onChoose: (node: string) => void;
  /** A way to see the example lead of a finding. */
  example: (finding: string) => ReactNode;
}) {
  const [isWhole, setWhole] = useState(false);
  if (diagnostics.length === 0) {
    return <p className="lede">The checks find nothing wrong with this draft.</p>;
  }
  const sorted = [...diagnostics].sort((a, b) => a.severity.localeCompare(b.severity));
  // One more than fits is no reason for a button.
  const shown = isWhole || sorted.length <= SHOWN + 1 ? sorted : sorted.slice(0, SHOWN);
  return (
    <Card title="What the checks say">
      <ul className="findings">
        {shown.map((it) => (
          <li key={[it.code, it.node, it.part, it.message].join(' ')}>
            <StateChip state={it.severity} />
            <span>
              {it.node && (
                <button type="button" className="link" onClick={() => it.node && onChoose(it.node)}>
                  {it.node}
                  {it.part && ` ${placeText(it.part)}`}
                </button>
              )}{' '}
              <Sentence text={it.message} />.
              <Hint text={it.hint} /> {it.example && example(keyOf(it))}
            </span>
            <code>{it.code}</code>
          </li>
        ))}
      </ul>
      {shown.length < sorted.length && (
        <div>
          <button type="button" className="button" onClick={() => setWhole(true)}>
            Show all {count(sorted.length)}
          </button>
        </div>
      )}
    </Card>
  );
}
