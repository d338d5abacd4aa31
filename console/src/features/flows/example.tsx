import { X } from 'lucide-react';
import { exampleLead } from '../../graphql/example-lead';
import type { FieldDocument } from '../../graphql/flow-document';
import { type FindingFragment, TryLead } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Loaded, Sentence } from '../../ui/parts';
import { PathOf } from '../../walk/steps';

/** The lead that shows a finding, walked through the draft as it is: nodes that it passes, in order. */
export function useExample(flow: string, finding: FindingFragment | undefined, fields: readonly FieldDocument[]) {
  const example = finding?.example ?? null;
  // What the finding does not name and the schema requires is made up.
  const input = { flow, draft: true, fields: { ...exampleLead(fields), ...example }, unitKey: 'example' };
  const asked = useAsk(TryLead, { input }, { enabled: example !== null });
  const steps = (example !== null && asked.data?.explainLead.explanation?.steps) || [];
  return {
    asked,
    fields: input.fields,
    example,
    steps,
    lit: steps.flatMap(({ choices }) => choices.map(({ node }) => node)),
  };
}

/** What the example lead of a finding is, and where it goes, in words; the graph beside it says the same. */
export function Example({
  finding,
  of,
  onClose,
}: {
  finding: FindingFragment;
  of: ReturnType<typeof useExample>;
  onClose: () => void;
}) {
  return (
    <aside className="node-panel example" aria-label="Example lead">
      <header>
        <h3>A lead that shows it</h3>
        <button type="button" className="plain icon" aria-label="Close the example" onClick={onClose}>
          <X aria-hidden size={16} />
        </button>
      </header>
      <p>
        {finding.node && <strong>{finding.node}</strong>} <Sentence text={finding.message} />
      </p>
      <dl className="fields">
        {Object.entries(of.fields).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={of.example && Object.hasOwn(of.example, name) ? undefined : 'faint'}>
              {value === null ? 'missing' : typeof value === 'object' ? JSON.stringify(value) : String(value)}
            </dd>
          </div>
        ))}
      </dl>
      <Loaded of={of.asked} lines={3}>
        {({ explainLead: { userErrors, diagnostics } }) => {
          const wrong = [...userErrors, ...diagnostics];
          return wrong.length > 0 ? (
            <ul className="field-errors">
              {wrong.map(({ code, message }) => (
                <li key={`${code} ${message}`}>
                  <Sentence text={message} />
                </li>
              ))}
            </ul>
          ) : (
            of.steps.map((step) => <PathOf key={step.number} choices={step.choices} />)
          );
        }}
      </Loaded>
    </aside>
  );
}
