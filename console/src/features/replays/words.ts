import type { Readout, ReplayEstimate, ReplayReport } from '../../graphql/replay-report';

const READOUTS: Record<Readout, string> = {
  ips: 'weighted (IPS)',
  snips: 'weighted, over mean weights (SNIPS)',
  dr: 'doubly robust (DR)',
  sndr: 'doubly robust, over mean weights (SNDR)',
};
export const READOUT_ORDER = ['sndr', 'dr', 'snips', 'ips'] as const satisfies readonly Readout[];

export function readoutWords(readout: Readout): string {
  return READOUTS[readout];
}

/** A value of a policy with its interval, as one of the four ways to read it says. */
export function valueAs(
  of: ReplayEstimate,
  readout: Readout,
): { value: number | null; interval: [number, number] | null } {
  return { value: of[readout], interval: of[`${readout}_ci95`] };
}

/** The time of a scenario, from microseconds, as the API's times are written. */
export function moment(micros: number | null | undefined): string | null {
  return micros == null ? null : new Date(micros / 1_000).toISOString();
}

/** Bins of the weights that hold any, as words and counts. */
export function weightBins({ up_to, counts }: ReplayReport['weight_histogram']): { words: string; count: number }[] {
  const bins = counts.map((count, at) => {
    const high = up_to[at];
    const low = up_to[at - 1];
    if (high === undefined) return { words: `over ${digits(low ?? 0)}`, count };
    return { words: low === undefined ? digits(high) : `${digits(low)} to ${digits(high)}`, count };
  });
  const first = bins.findIndex(({ count }) => count > 0);
  const last = bins.findLastIndex(({ count }) => count > 0);
  return first < 0 ? [] : bins.slice(first, last + 1);
}

function digits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
