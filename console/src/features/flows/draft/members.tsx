import { type ReactNode, useId } from 'react';
import { Choice } from '../../../ui/choice';
import { count } from '../../../ui/format';
import { valueAt } from './changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { EarnButtons } from './earn-buttons';
import { Committed } from './fields';

interface Member {
  node: string;
  /** Where it stands in the node, such as `learning.half_life_hours`. */
  part: string;
  label: string;
  hint?: ReactNode;
}

function useMember({ node, part }: Member) {
  const { document, findings, setValue } = useWork();
  return {
    value: valueAt(document.nodes[node], part),
    found: findingsAt(findings, node, part),
    set: (next: unknown) => setValue(node, part, next),
  };
}

/** A share or a number as it is typed, in the unit of the document; what is wrong with it, if it is none. */
export function readNumber(text: string, factor: number, [min, max]: readonly [number, number]): number | string {
  const value = Number(text.trim().replace(',', '.')) * factor;
  const whole = Math.round(value);
  // Shares have four digits after the point, and 0.1 times 10,000 is not quite a thousand.
  const isExact = text.trim() !== '' && Math.abs(value - whole) < 1e-6;
  if (isExact && whole >= min && whole <= max) return whole;
  const [least, most] = [min / factor, max / factor].map((it) => count(it));
  return `\`${text.trim()}\` is no ${factor === 1 ? 'whole number' : 'share'} from ${least} to ${most}${factor === 1 ? '' : ' %'}`;
}

/** A number of a node; empty where it may be left out. */
export function NumberMember({
  unit,
  factor = 1,
  range,
  isOptional = true,
  isSwept = false,
  ...member
}: Member & {
  unit?: string;
  /** Whether a replay can tell what another number would have earned. */
  isSwept?: boolean;
  /** How many of the document's units are one that is typed: 10,000 parts per million are a per cent. */
  factor?: number;
  range: readonly [number, number];
  isOptional?: boolean;
}) {
  const { value, found, set } = useMember(member);
  return (
    <div>
      <Committed
        label={member.label}
        kind="number"
        unit={unit}
        hint={member.hint}
        value={value === undefined ? '' : String(Number(value) / factor)}
        read={(text) => {
          const read = text.trim() === '' && isOptional ? undefined : readNumber(text, factor, range);
          if (typeof read === 'string') return read;
          set(read);
          return null;
        }}
      />
      <FindingsOf of={found} />
      {isSwept && <EarnButtons node={member.node} part={member.part} of={`for “${member.label}” `} />}
    </div>
  );
}

/** A text of a node. */
export function TextMember({
  isOptional = false,
  isSwept = false,
  unit,
  ...member
}: Member & { isOptional?: boolean; isSwept?: boolean; unit?: string | undefined }) {
  const { value, found, set } = useMember(member);
  return (
    <div>
      <Committed
        label={member.label}
        unit={unit}
        hint={member.hint}
        value={String(value ?? '')}
        read={(text) => {
          if (text.trim() === '' && !isOptional) return 'it must not be empty';
          set(text.trim() === '' ? undefined : text.trim());
          return null;
        }}
      />
      <FindingsOf of={found} />
      {isSwept && <EarnButtons node={member.node} part={member.part} of={`for “${member.label}” `} />}
    </div>
  );
}

/** One of a few words of a node; `none` says what holds where it is left out. */
export function ChoiceMember({
  options,
  show,
  none,
  usual,
  ...member
}: Member & {
  options: readonly string[];
  show?: (option: string) => string;
  none?: string;
  /** What stands there where the document says nothing. */
  usual?: string;
}) {
  const { value, found, set } = useMember(member);
  return (
    <div>
      <Choice
        label={member.label}
        value={(value as string | undefined) ?? usual}
        options={options}
        {...(show ? { show } : {})}
        {...(none ? { none } : {})}
        isRequired={none === undefined}
        onChange={(next) => (next !== undefined || none !== undefined) && set(next)}
      />
      <FindingsOf of={found} />
    </div>
  );
}

/** A text in the language of predicates or computations, saved as it is typed, with what the checks say of it. */
export function Expression(member: Member) {
  const { value, found, set } = useMember(member);
  const text = String(value ?? '');
  const id = useId();
  return (
    <div className="field field-long">
      <label htmlFor={id}>{member.label}</label>
      <textarea
        id={id}
        className="mono"
        rows={Math.min(6, 1 + text.split('\n').length)}
        spellCheck={false}
        value={text}
        aria-invalid={found.some(({ severity }) => severity === 'ERROR')}
        aria-describedby={found.length > 0 ? `${id}-findings` : undefined}
        onChange={(event) => set(event.target.value)}
      />
      {member.hint && <p className="field-hint">{member.hint}</p>}
      <FindingsOf of={found} id={`${id}-findings`} />
    </div>
  );
}
