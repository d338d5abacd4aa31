import { armName, type FlowDocument } from '../../../graphql/flow-document';
import { inProportion, WHOLE } from './weights';

/** An arm of any kind of node, or a bidder. */
export interface Arm {
  name?: string;
  key?: string;
  to: string;
  weight_ppm?: number;
  floor_ppm?: number;
  ceiling_ppm?: number;
  daily?: number;
  monthly?: number;
  penalty_ppm?: number;
}

export function armsOf(document: FlowDocument, node: string): Arm[] {
  const arms = document.nodes[node]?.arms;
  return Array.isArray(arms) ? (arms as Arm[]) : [];
}

/** Where one more port leads at first: to a destination to which none leads yet, or to one to which some does.
 *
 * * `used`: where the others lead. */
export function nextTarget(document: FlowDocument, used: readonly string[]): string {
  const destinations = Object.keys(document.nodes).filter((name) => document.nodes[name]?.kind === 'destination');
  return destinations.find((name) => !used.includes(name)) ?? used.at(-1) ?? destinations[0] ?? document.root;
}

/** The arms with one more. In a split it gets no share yet, so that nobody is moved before somebody says so. */
export function withArm(document: FlowDocument, kind: string, arms: readonly Arm[], to: string): Arm[] {
  const names = arms.map((arm) => armName(document, arm));
  const weight = kind === 'split' ? { weight_ppm: 0 } : {};
  if (!names.includes(armName(document, { to }))) return [...arms, { to, ...weight }];
  // Two arms of one name would be one to whatever draws, learns or counts.
  let n = arms.length + 1;
  while (names.includes(`arm-${n}`)) n += 1;
  return [...arms, { name: `arm-${n}`, to, ...weight }];
}

/** The arms without one. In a split the others get its share, in proportion to theirs. */
export function withoutArm(kind: string, arms: readonly Arm[], at: number): Arm[] {
  const left = arms.toSpliced(at, 1);
  if (kind !== 'split') return left;
  const shares = inProportion(
    left.map((arm) => arm.weight_ppm ?? 0),
    WHOLE,
  );
  return left.map((arm, other) => ({ ...arm, weight_ppm: shares[other] ?? 0 }));
}

/** The list with one entry a place further up (`by` −1) or down (`by` 1); the same list if there is no such place. */
export function moved<T>(list: readonly T[], at: number, by: number): T[] {
  const entry = list[at];
  const to = at + by;
  if (entry === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(at, 1).toSpliced(to, 0, entry);
}

/** What is wrong with the name of an arm; none if it is good.
 *
 * * `name`: empty for that of what the arm leads to. */
export function armNameMistake(document: FlowDocument, arms: readonly Arm[], at: number, name: string): string | null {
  const arm = arms[at];
  if (!arm) return 'there is no such arm';
  const wanted = armName(document, name === '' ? { to: arm.to } : { name, to: arm.to });
  const isTaken = arms.some((it, other) => other !== at && armName(document, it) === wanted);
  return isTaken ? `there is an arm \`${wanted}\` already` : null;
}
