import type { FindingFragment } from '../../../graphql/generated';

/** A finding to go to: its node, and its row if it is about one. */
export interface Goal {
  finding: FindingFragment;
  node: string;
  row: number | null;
}

/** Findings that have a place, errors first, in the order of the places. */
function placed(findings: readonly FindingFragment[]): Goal[] {
  return findings
    .flatMap((finding) => {
      const row = /^rows\[(\d+)\]/.exec(finding.part ?? '')?.[1];
      return finding.node === null
        ? []
        : [{ finding, node: finding.node, row: row === undefined ? null : Number(row) }];
    })
    .sort(
      (a, b) =>
        a.finding.severity.localeCompare(b.finding.severity) ||
        a.node.localeCompare(b.node) ||
        (a.row ?? -1) - (b.row ?? -1),
    );
}

/** The finding after the one that was gone to last; the first one after the last, or if that is mended. */
export function nextFinding(findings: readonly FindingFragment[], last: Goal | null): Goal | null {
  const all = placed(findings);
  const isLast = ({ finding, node, row }: Goal) =>
    last !== null && node === last.node && row === last.row && finding.code === last.finding.code;
  return all[(all.findIndex(isLast) + 1) % Math.max(1, all.length)] ?? null;
}
