import type { FlowDocument } from './flow-document';

/** What a replay is asked, as the API takes it and gives it back. Times are microseconds since 1970. */
export interface ReplayScenario {
  flow: string;
  /** Hash of a version, or the document of a draft. */
  candidate: string | FlowDocument;
  /** Hash of a version, or `candidate` for the candidate itself. */
  baseline?: string | null;
  from?: number | null;
  until?: number | null;
  attribution_window_days?: number | null;
  sweep?: { parameter: string; from: string; to: string; points: number };
}

/** The four ways to read the value of a policy. */
export type Readout = 'ips' | 'snips' | 'dr' | 'sndr';

/** The value of a policy, in units of reward a lead. */
export interface ReplayEstimate {
  n: number;
  ips: number | null;
  ips_ci95: [number, number] | null;
  snips: number | null;
  snips_ci95: [number, number] | null;
  dr: number | null;
  dr_ci95: [number, number] | null;
  sndr: number | null;
  sndr_ci95: [number, number] | null;
  dr_reason?: string;
  default_readout: Readout | null;
  interval_reason?: string;
  ess: number;
  max_weight: number | null;
  mean_weight: number | null;
  max_weight_share: number | null;
  rewards: number;
  unsupported_share: number | null;
}

/** Members of a report that the console shows; what is not known is null; the page Replay of the book has all. */
export interface ReplayReport {
  unit: string;
  candidate: ReplayEstimate;
  baseline: ReplayEstimate;
  difference: {
    diff: number | null;
    se_paired: number | null;
    ci95: [number, number] | null;
    interval_reason?: string;
    rewards: number;
    rewards_for: number;
    rewards_against: number;
  };
  tolerance: number | null;
  verdict: { kind: 'ship' | 'canary' | 'do_not_ship' | 'not_enough_evidence'; because: string[] };
  maturity?: {
    attribution_window_hours: number;
    observed_until: string;
    leads: number;
    left_out: number;
    mature_at: string | null;
    late_payments: number;
    late_rewards: number;
  };
  decidable: string[];
  unsupported_destinations: { destination: string; share: number; examples: string[] }[];
  moves?: {
    n: number;
    n_untold: number;
    n_moved: number;
    cells: { from: string | null; to: string | null; leads: number; diff: number; diff_se: number | null }[];
  };
  cold_rules: { node: string; rule: string; to: string; is_dead: boolean }[];
  weight_histogram: { up_to: number[]; counts: number[] };
  warnings: string[];
}
