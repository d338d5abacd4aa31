import type { ExperimentMetric, MistakeFragment } from '../graphql/generated';
import { scaled } from '../ui/form';

/** Largest whole number that an input of the API takes. */
export const INT_MAX = 2_147_483_647;

/** What decides between two ways, and what neither may harm, as it is typed: numbers as texts, shares in per cent. */
export interface ComparisonDraft {
  primary: ExperimentMetric;
  smallest: string;
  window: string;
  /** After how long on their way leads are slow, in milliseconds. */
  slow: string;
  /** Largest harm allowed by metric; absent: no guardrail. */
  guardrails: Partial<Record<ExperimentMetric, string>>;
}

/** What a comparison of slow leads begins with, in milliseconds; that of the API where nobody says anything else. */
export const SLOW_MS = '2000';

/** Reads what is typed, and keeps everything that could not even be sent. All else the server judges, so that there is one
 * list of rules. */
export class TypedForm {
  readonly mistakes: MistakeFragment[] = [];

  wrong(path: string[], message: string, hint: string) {
    this.mistakes.push({ path, code: 'not_typed', message, hint });
  }

  number(text: string, factor: number, path: string[], example: string): number {
    const value = scaled(text, factor);
    if (value === null || value < 0 || value > INT_MAX) {
      this.wrong(path, text.trim() ? `\`${text.trim()}\` is no number` : 'a number is missing', example);
      return 0;
    }
    return value;
  }

  /** The part of an input that is the same for experiments and rollouts. */
  comparison({ primary, smallest, window, slow, guardrails }: ComparisonDraft) {
    return {
      primary,
      smallestEffectPpm: this.number(smallest, 10_000, ['smallestEffectPpm'], 'write 5 for 5 %'),
      guardrails: Object.entries(guardrails).map(([metric, worst], at) => ({
        metric: metric as ExperimentMetric,
        worstPpm: this.number(worst, 10_000, ['guardrails', String(at), 'worstPpm'], 'write 10 for 10 %'),
      })),
      slowMs: this.number(slow, 1, ['slowMs'], 'write 2000 for two seconds'),
      windowHours: this.number(window, 1, ['windowHours'], 'write 168 for a week'),
    };
  }
}
