import type { ExperimentMetric } from '../graphql/generated';
import { percent } from './format';

/** Metrics, effects and shares in the words of whoever decides. All numbers come from the server. */

export const METRICS: Record<ExperimentMetric, string> = {
  REVENUE: 'Revenue per lead',
  ACCEPT_RATE: 'Accept rate',
  CONVERSION_RATE: 'Conversion rate',
  RETURN_RATE: 'Return rate',
  LATENCY: 'Time on the way',
  SLOW_RATE: 'Share of slow leads',
};

/** Whether less of it is better. */
export function isLessBetter(metric: ExperimentMetric): boolean {
  return metric === 'RETURN_RATE' || metric === 'LATENCY' || metric === 'SLOW_RATE';
}

/** Digits after the point with which an amount of this size still says something. */
function digitsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 1 || size === 0) return 2;
  return size >= 0.01 ? 3 : 4;
}

/** An amount of money that the server reckoned, with the digits that say something; bare without a currency. */
export function amount(value: number, currency: string | null | undefined): string {
  const digits = digitsOf(value);
  return new Intl.NumberFormat('en-US', {
    ...(currency ? { style: 'currency', currency } : {}),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
    .format(value)
    .replace('-', '−');
}

function milliseconds(value: number): string {
  return `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })} ms`;
}

/** The value of a metric: a share of leads in per cent, or money a lead. */
export function shown(metric: ExperimentMetric, value: number, currency?: string | null): string {
  if (metric === 'LATENCY') return milliseconds(value);
  return metric === 'REVENUE' ? amount(value, currency) : percent(value);
}

/** A difference with its sign: percentage points, or money a lead. */
export function difference(metric: ExperimentMetric, value: number, currency?: string | null): string {
  const sign = value < 0 ? '−' : '+';
  if (metric === 'REVENUE') return `${sign}${amount(Math.abs(value), currency)}`;
  if (metric === 'LATENCY') return `${sign}${milliseconds(Math.abs(value))}`;
  return `${sign}${(Math.abs(value) * 100).toFixed(2)} points`;
}

/** The smallest amount or share of leads that is told. */
const LEAST = 0.0001;

/** What is lost on average, or a standard error: without a sign, and what is not 0 does not read as 0. */
export function loss(metric: ExperimentMetric, value: number, currency?: string | null): string {
  const size = Math.abs(value);
  if (size > 0 && size < LEAST / 2) return `< ${difference(metric, LEAST, currency).slice(1)}`;
  return difference(metric, size, currency).slice(1);
}

/** A share that may be negative, with its sign. */
export function relative(value: number): string {
  return `${value < 0 ? '−' : '+'}${(Math.abs(value) * 100).toFixed(1)} %`;
}

export function ppm(parts: number): string {
  return `${(parts / 10_000).toLocaleString('en-US', { maximumFractionDigits: 2 })} %`;
}

/** A probability that is never told as certain. */
export function chance(probability: number): string {
  if (probability > 0.999) return '> 99.9 %';
  if (probability < 0.001) return '< 0.1 %';
  return `${(probability * 100).toFixed(1)} %`;
}

/** Days in the unit that fits. */
export function days(n: number): string {
  if (n < 1 / 24) return 'less than an hour';
  if (n < 2) return `about ${Math.ceil(n * 24)} hours`;
  return n > 3_650 ? 'more than ten years' : `about ${Math.ceil(n).toLocaleString('en-US')} days`;
}
