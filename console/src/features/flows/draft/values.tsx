import type { FlowNode } from '../../../graphql/flow-document';
import { FindingsOf, findingsAt, useWork } from './context';
import { AddButton, Committed, RemoveButton, useEntries } from './fields';
import { Expression, NumberMember } from './members';
import { Predicate } from './predicate-field';

/** The entries of a scorecard: what gives how many points. */
export function Points({ name, node }: { name: string; node: FlowNode }) {
  const { findings, setValue } = useWork();
  const points = (node.points ?? []) as { if: string; points: number }[];
  const { box } = useEntries(points.length);
  const put = (next: { if: string; points: number }[]) => setValue(name, 'points', next);
  return (
    <div className="entries" ref={box}>
      {points.map((entry, at) => (
        <div className="entry" key={at} data-entry>
          <Predicate node={name} part={`points[${at}].if`} value={entry.if} label={`Entry ${at + 1}: if`} />
          <NumberMember
            node={name}
            part={`points[${at}].points`}
            label="Points"
            isOptional={false}
            isSwept
            range={[-1_000_000_000, 1_000_000_000]}
          />
          <RemoveButton label={`Remove entry ${at + 1}`} onPress={() => put(points.toSpliced(at, 1))} />
        </div>
      ))}
      <FindingsOf of={findings.filter((it) => it.node === name && it.part === 'points')} />
      <AddButton onPress={() => put([...points, { if: 'true', points: 0 }])}>Add an entry</AddButton>
    </div>
  );
}

/** The computation of a derived value. */
export function Derive({ name, node }: { name: string; node: FlowNode }) {
  const { findings, setValue } = useWork();
  return (
    <>
      <Expression
        node={name}
        part="value"
        label="Computes"
        hint="Numbers, fields and other values with + - * / %, min, max, hour and weekday of a time, and years and days since."
      />
      <div className="field-row">
        <div>
          <Committed
            label="If it cannot be computed, it is"
            hint="Empty: missing, so that predicates about it are unknown."
            value={node.default === null || node.default === undefined ? '' : String(node.default)}
            read={(text) => {
              const value = readDefault(text);
              if (value === undefined) return `\`${text.trim()}\` is no number`;
              setValue(name, 'default', value);
              return null;
            }}
          />
          <FindingsOf of={findingsAt(findings, name, 'default')} />
        </div>
        <NumberMember
          node={name}
          part="scale"
          label="Digits after the point"
          range={[0, 9]}
          hint="Empty: those that follow from the computation."
        />
      </div>
    </>
  );
}

/** What stands in for a value: a whole number, the digits of a decimal, or null for nothing; undefined if it is none of these. */
export function readDefault(text: string): number | string | null | undefined {
  const value = text.trim();
  if (value === '') return null;
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  return /^-?\d+(\.\d+)?$/.test(value) ? value : undefined;
}
