import type { FindingFragment } from '../../../graphql/generated';
import { amount } from '../../../ui/figures';
import { count, percent, type Zone, zoneName } from '../../../ui/format';
import type { Asked } from './use-predicate';

/** Fields that are named as lacking. */
const LACKING_MAX = 3;

/** How often a predicate held, in words. Names stand between backticks.
 *
 * * `now`: in milliseconds since 1970. */
export function historyWords(history: NonNullable<Asked['history']>, zone: Zone, now = Date.now()): string {
  const { leads, from, unreadable, matched, matchedRevenue, currency, missing } = history;
  const others =
    unreadable === 0 ? '' : `; ${count(unreadable)} of an older schema ${unreadable === 1 ? 'is' : 'are'} left out`;
  if (leads === 0) return `No leads yet${others}`;
  const share = matched === 0 ? 'none' : matched === leads ? 'all' : percent(matched / leads);
  const of = leads === 1 ? 'the one lead' : `the newest ${count(leads)} leads`;
  const since = from === null ? '' : ` since ${dayOf(from, zone, now)}`;
  const earned = matched === 0 ? '' : `, ${amount(Number(matchedRevenue) / matched, currency)} a lead`;
  const named = missing.slice(0, LACKING_MAX).map((it) => `${count(it.leads)} lack \`${it.field}\``);
  const lacking = named.length === 0 ? '' : `; ${named.join(', ')}`;
  return `Holds for ${share} of ${of}${since}${earned}${lacking}${others}`;
}

/** Why nobody counts how often a predicate holds; none if that is not known. */
export function uncountedWords({ diagnostics, history }: Asked): string | null {
  if (history !== null || diagnostics.some(({ severity }) => severity === 'ERROR')) return null;
  return 'How often it holds is not counted: a computed value of the flow has a mistake';
}

function dayOf(text: string, zone: Zone, now: number): string {
  const timeZone = zoneName(zone);
  const year = (of: Date | number) => new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric' }).format(of);
  const at = new Date(text);
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    ...(year(at) === year(now) ? {} : { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
  }).format(at);
}

/** What is shown of a predicate: findings that are said, and those of them that are drawn in its text.
 *
 * * `told`: what the draft was told of the part and what is in it.
 * * `isChecked`: whether that is about the text that is shown. Words about an older one stand there until something newer is known,
 *   but their places are those of other letters. */
export function shownOf(
  told: readonly FindingFragment[],
  part: string,
  isChecked: boolean,
  answer: Asked | null,
): { said: FindingFragment[]; drawn: FindingFragment[] } {
  const current = together(isChecked ? told : [], answer?.diagnostics ?? []);
  const isKnown = isChecked || answer !== null;
  const others = new Set(told.filter((it) => it.part !== part));
  return { said: saidOnce(isKnown ? current : told), drawn: current.filter((it) => !others.has(it)) };
}

/** Findings of two checks of one text, each once. */
function together(a: readonly FindingFragment[], b: readonly FindingFragment[]): FindingFragment[] {
  const keyOf = ({ code, message, span }: FindingFragment) => JSON.stringify([code, message, span?.from, span?.to]);
  const known = new Set(a.map(keyOf));
  return [...a, ...b.filter((it) => !known.has(keyOf(it)))];
}

/** The same words are said once, wherever in the text they are about. */
function saidOnce(findings: readonly FindingFragment[]): FindingFragment[] {
  const first = new Map(findings.map((it) => [`${it.code} ${it.message}`, it] as const).reverse());
  return findings.filter((it) => first.get(`${it.code} ${it.message}`) === it);
}
