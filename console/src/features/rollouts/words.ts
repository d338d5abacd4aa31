import type { OneRolloutFragment, ShadowOfQuery } from '../../graphql/generated';
import { ppm } from '../../ui/figures';
import { count } from '../../ui/format';

export type Step = OneRolloutFragment['steps'][number];
type Evidence = NonNullable<OneRolloutFragment['changes'][number]['evidence']>;
export type Choice = NonNullable<ShadowOfQuery['shadow']>['cells'][number]['live'];

/** How a version takes part at a step. */
export function exposure({ sharePpm }: { sharePpm: number | null }): string {
  return sharePpm === null ? 'shadow' : `${ppm(sharePpm)} of leads`;
}

/** What a gate asks for. */
export function gateWords({ minLeads, minHours, requiresShip, requiresExperiment }: Step['gate']): string {
  const asked = [
    minLeads > 0 && `${count(minLeads)} leads`,
    minHours > 0 && `${count(minHours)} hours`,
    requiresShip && 'a readout that advises to ship',
    requiresExperiment !== null && `the experiment ${requiresExperiment} to be won by another arm`,
  ].filter((it) => it !== false);
  return asked.length === 0 ? 'opens at once' : `opens after ${asked.join(', ')}`;
}

/** What was known. */
export function evidenceWords({ leads, hours, shadowLeads, shadowMoved }: Evidence): string {
  const since = `${hours.toLocaleString('en-US', { maximumFractionDigits: 1 })} hours`;
  if (shadowLeads !== null) {
    return `${count(shadowLeads)} leads decided by the shadow, ${count(shadowMoved ?? 0)} of them otherwise; ${since}`;
  }
  return `${count(leads)} leads of the version count; ${since}`;
}

/** What happens to a lead first. */
export function choiceWords({ kind, destination }: Choice): string {
  switch (kind) {
    case 'OFFER':
      return destination ?? 'a destination';
    case 'DECLINED':
      return 'declined';
    case 'UNSOLD':
      return 'nobody is free';
    case 'UNKNOWN_BIDS':
      return 'unknown: a bid was not asked for';
    case 'UNKNOWN_FIELDS':
      return 'unknown: a field is of another kind';
    case 'UNKNOWN_STORED':
      return 'unknown: the decision cannot be read';
    case 'REST':
      return 'all others';
  }
}

/** A state with its step. */
export function placeWords({ state, step }: { state: string; step: number }, steps: readonly Step[]): string {
  const at = steps[step];
  const where = at ? `step ${step + 1}, ${exposure(at)}` : `step ${step + 1}`;
  switch (state) {
    case 'LIVE':
      return 'live';
    case 'ROLLED_BACK':
      return 'turned back';
    case 'PAUSED':
      return `paused at ${where}`;
    default:
      return where;
  }
}
