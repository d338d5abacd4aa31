import type { ReactNode } from 'react';
import { armName } from '../../../graphql/flow-document';
import { percent } from '../../../ui/format';
import { Bar } from '../../../ui/parts';
import { type Arm, armNameMistake, armsOf, nextTarget, withArm, withoutArm } from './arm-lists';
import { FindingsOf, findingsAt, useWork } from './context';
import { EarnButtons } from './earn-buttons';
import { AddButton, Committed, RemoveButton, useEntries } from './fields';
import { NumberMember, readNumber } from './members';
import { Port } from './ports';
import { weightChange } from './swept-numbers';
import { WHOLE } from './weights';

export const PERCENT = { unit: '%', factor: 10_000, range: [0, WHOLE] } as const;
const COUNT = [1, 1_000_000_000] as const;

/** The head of a column that is a picture: it is read, and not shown. */
const BAR = 'Share as a bar';

/** What the arms of a kind have beside a name and a port. */
interface Own {
  head: string;
  cell: (arm: Arm, at: number, name: string) => ReactNode;
}

/** The arms of a node: what each is called, what its kind has, and where it leads; more of them, and fewer. */
function ArmTable({ node, own, children }: { node: string; own: readonly Own[]; children?: ReactNode }) {
  const { document, findings, setValue } = useWork();
  const arms = armsOf(document, node);
  const kind = document.nodes[node]?.kind ?? '';
  const { box } = useEntries(arms.length);
  const put = (next: Arm[]) => setValue(node, 'arms', next);
  return (
    <div className="entries" ref={box}>
      <div className="table-wrap">
        <table className="weights">
          <thead>
            <tr>
              <th scope="col">Arm</th>
              {own.map(({ head }) => (
                <th key={head} scope="col">
                  {head === BAR ? <span className="visually-hidden">{head}</span> : head}
                </th>
              ))}
              <th scope="col">Leads to</th>
              <th scope="col" aria-label="Remove" />
            </tr>
          </thead>
          <tbody>
            {arms.map((arm, at) => {
              const name = armName(document, arm);
              return (
                <ArmRow key={at} node={node} at={at} n={own.length + 3}>
                  <th scope="row">
                    <ArmName node={node} at={at} />
                  </th>
                  {own.map(({ head, cell }) => (
                    <td key={head}>{cell(arm, at, name)}</td>
                  ))}
                  <td>
                    <Port node={node} part={`arms[${at}].to`} label={name} />
                  </td>
                  <td>
                    {arms.length > 1 && (
                      <RemoveButton label={`Remove arm ${name}`} onPress={() => put(withoutArm(kind, arms, at))} />
                    )}
                  </td>
                </ArmRow>
              );
            })}
          </tbody>
        </table>
      </div>
      {children}
      <FindingsOf of={findings.filter((it) => it.node === node && it.part === 'arms')} />
      <AddButton
        onPress={() =>
          put(
            withArm(
              document,
              kind,
              arms,
              nextTarget(
                document,
                arms.map(({ to }) => to),
              ),
            ),
          )
        }
      >
        Add an arm
      </AddButton>
    </div>
  );
}

/** What an arm is called: of its own accord, or as what it leads to. */
function ArmName({ node, at }: { node: string; at: number }) {
  const { document, setValue } = useWork();
  const arms = armsOf(document, node);
  const arm = arms[at];
  if (!arm) return null;
  const rename = (text: string): string | null => {
    const name = text.trim();
    const wrong = armNameMistake(document, arms, at, name);
    if (wrong !== null) return wrong;
    const { name: _, ...rest } = arm;
    const isUsual = name === '' || name === armName(document, { to: arm.to });
    setValue(node, 'arms', arms.with(at, isUsual ? rest : { name, ...rest }));
    return null;
  };
  return <Committed label={`Name of arm ${at + 1}`} value={armName(document, arm)} read={rename} />;
}

/** The row of an arm, and below it what the checks say of it; its port says what is wrong with that. */
function ArmRow({ node, at, n, children }: { node: string; at: number; n: number; children: ReactNode }) {
  const { findings } = useWork();
  const found = findingsAt(findings, node, `arms[${at}]`).filter(({ part }) => !part?.endsWith('.to'));
  return (
    <>
      <tr data-entry>{children}</tr>
      {found.length > 0 && (
        <tr>
          <td colSpan={n}>
            <FindingsOf of={found} />
          </td>
        </tr>
      )}
    </>
  );
}

/** The arms of a split with their shares. */
export function SplitArms({ node }: { node: string }) {
  const { document, editor } = useWork();
  const arms = armsOf(document, node);
  const set = (at: number, text: string): string | null => {
    const ppm = readNumber(text, PERCENT.factor, PERCENT.range);
    if (typeof ppm === 'string') return ppm;
    editor.change(weightChange(document, node, at, ppm));
    return null;
  };
  const share: Own = {
    head: 'Share',
    cell: (arm, at, name) => (
      <Committed
        label={`Share of ${name}`}
        kind="number"
        unit="%"
        value={String((arm.weight_ppm ?? 0) / 10_000)}
        read={(text) => set(at, text)}
      />
    ),
  };
  const bar: Own = {
    head: BAR,
    cell: (arm, _, name) => {
      const ppm = arm.weight_ppm ?? 0;
      return <Bar value={ppm} max={WHOLE} label={`${name}: ${percent(ppm / WHOLE)}`} />;
    },
  };
  return (
    <ArmTable node={node} own={[share, bar]}>
      <p className="faint">
        The other arms share the rest in proportion. A new arm starts with nothing; the share of one that is removed
        goes to the others. Draws are kept under the names of arms.
      </p>
      {arms.map((arm, at) => (
        <EarnButtons key={at} node={node} part={`arms[${at}].weight_ppm`} of={`for ${armName(document, arm)} `} />
      ))}
    </ArmTable>
  );
}

/** The arms of a bandit with the least and the most that each may get. */
export function BanditArms({ node }: { node: string }) {
  const limit = (head: string, member: string, words: string): Own => ({
    head,
    cell: (_, at, name) => (
      <NumberMember node={node} part={`arms[${at}].${member}`} label={`${words} of ${name}`} {...PERCENT} isSwept />
    ),
  });
  return (
    <ArmTable
      node={node}
      own={[limit('At least', 'floor_ppm', 'Least share'), limit('At most', 'ceiling_ppm', 'Largest share')]}
    >
      <p className="faint">
        Draws and what is learned are kept under the names of arms: a new one starts with nothing. Without limits an arm
        gets its part of the exploration at least.
      </p>
    </ArmTable>
  );
}

/** The arms of a rotation; with their targets, if its order is made from those. */
export function RotateArms({ node }: { node: string }) {
  const { document } = useWork();
  const isByTargets = document.nodes[node]?.by !== 'least_recently_sold';
  // Targets that are left from another order are a mistake, and must be seen to be taken away.
  const hasTargets = isByTargets || armsOf(document, node).some((arm) => arm.daily ?? arm.monthly);
  const target = (head: string, member: string): Own => ({
    head,
    cell: (_, at, name) => (
      <NumberMember node={node} part={`arms[${at}].${member}`} label={`${head} for ${name}`} range={COUNT} />
    ),
  });
  return (
    <ArmTable node={node} own={hasTargets ? [target('Leads a day', 'daily'), target('Leads a month', 'monthly')] : []}>
      <p className="faint">
        Leads are counted under the names of arms.{hasTargets && ' A target is no cap: an arm past it comes later.'}
      </p>
    </ArmTable>
  );
}
