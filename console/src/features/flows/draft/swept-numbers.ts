import { armName, type FlowArm, type FlowDocument } from '../../../graphql/flow-document';
import { equal } from '../../../ui/equal';
import { applied, type Single, valueAt } from './changes';
import { withWeight } from './weights';

/** A number of a node of which a replay can tell what another one would have earned. */
export interface SweptNumber {
  /** Where it stands in the node, as the API is asked: `if#2` for the second number of a text, `arms[0].weight_ppm`. */
  place: string;
  /** As it stands in the document. */
  value: string;
}

/** What stands for members that are left out. */
const USUAL: Record<string, string> = { reserve: '0.00' };
/** Parts of a whole, which people read and type as per cent. */
const SHARE = /_ppm$/;
const PPM_A_PERCENT = 10_000;
const WORD = /[\w.]|[^\0-\x7f]/;
const NUMBER = /^\d{1,9}(?:\.\d{1,9})?$/;

/** The numbers of a text with where they stand, as the API counts them: those in quotes and in names are none. */
export function numbersIn(text: string): { from: number; to: number; value: string }[] {
  const found: { from: number; to: number; value: string }[] = [];
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (quote !== null) {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = null;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (WORD.test(letter)) {
      let to = at;
      while (to < text.length && WORD.test(text[to] ?? '')) to += 1;
      const value = text.slice(at, to);
      if (NUMBER.test(value)) found.push({ from: at, to, value });
      at = to - 1;
    }
  }
  return found;
}

/** The numbers that stand at a part of a node: one, or those of a text. */
export function numbersAt(document: FlowDocument, node: string, part: string): SweptNumber[] {
  const value = valueAt(document.nodes[node], part) ?? USUAL[part];
  if (typeof value === 'number') return [{ place: part, value: String(value) }];
  if (typeof value !== 'string') return [];
  return numbersIn(value).map((it, at) => ({ place: `${part}#${at + 1}`, value: it.value }));
}

function partOf(place: string): { part: string; nth: number | null } {
  const [part = '', nth] = place.split('#');
  return { part, nth: nth === undefined ? null : Number(nth) };
}

/** The number at a place; none if there is none any more. */
export function numberAt(document: FlowDocument, node: string, place: string): string | null {
  const { part } = partOf(place);
  return numbersAt(document, node, part).find((it) => it.place === place)?.value ?? null;
}

/** The change that puts another number at a place: one change, also where other arms share what is left. */
export function numberChange(document: FlowDocument, node: string, place: string, value: string): Single | null {
  const { part, nth } = partOf(place);
  const before = valueAt(document.nodes[node], part);
  const arm = /^arms\[(\d+)\]\.weight_ppm$/.exec(part)?.[1];
  if (arm !== undefined) return weightChange(document, node, Number(arm), Number(value));
  if (nth === null) return { kind: 'value', node, part, before, after: Number(value) };
  const text = String(before ?? USUAL[part] ?? '');
  const number = numbersIn(text)[nth - 1];
  if (!number) return null;
  return { kind: 'value', node, part, before, after: text.slice(0, number.from) + value + text.slice(number.to) };
}

/** The change that gives an arm another weight; the others share the rest in proportion. */
export function weightChange(document: FlowDocument, node: string, at: number, ppm: number): Single {
  const arms = (document.nodes[node]?.arms ?? []) as FlowArm[];
  const names = arms.map((arm) => armName(document, arm));
  const before = arms.map((arm) => arm.weight_ppm ?? 0);
  const after = withWeight(before, at, ppm);
  const named = (weights: number[]) => Object.fromEntries(names.map((name, other) => [name, weights[other] ?? 0]));
  if (new Set(names).size === names.length)
    return { kind: 'weights', node, before: named(before), after: named(after) };
  const weighed = arms.map((arm, other) => ({ ...arm, weight_ppm: after[other] ?? 0 }));
  return { kind: 'value', node, part: 'arms', before: arms, after: weighed };
}

/** Whether a draft is the one that a sweep was about, whatever number stands at its place by now. */
export function isAbout(
  document: FlowDocument,
  node: string,
  place: string,
  { present, candidate }: { present: string; candidate: string | FlowDocument },
): boolean {
  const change = numberChange(document, node, place, present);
  if (!change || typeof candidate === 'string') return false;
  const back = applied(document, change);
  const [ours, theirs] = [back, candidate].map((it) => (it.nodes[node]?.arms ?? []) as FlowArm[]);
  // Weights that were shared out and back again may be off by a few parts per million.
  const isRounded = ours?.every((arm, at) => Math.abs(arm.weight_ppm - (theirs?.[at]?.weight_ppm ?? 0)) <= ours.length);
  if (change.kind !== 'weights' || !isRounded) return equal(back, candidate);
  const arms = ours?.map((arm, at) => ({ ...arm, weight_ppm: theirs?.[at]?.weight_ppm }));
  return equal(applied(back, { kind: 'value', node, part: 'arms', before: ours, after: arms }), candidate);
}

export function isShare(place: string): boolean {
  return SHARE.test(place);
}

/** A number as people read it: shares in per cent. */
export function numberWords(place: string, value: string): string {
  return isShare(place) ? `${Number(value) / PPM_A_PERCENT} %` : value;
}

/** What somebody typed for a number, as the document would have it. */
export function readBound(place: string, text: string): string {
  const typed = text.trim();
  const share = Number(typed.replace(',', '.')) * PPM_A_PERCENT;
  return isShare(place) && typed !== '' && Number.isFinite(share) ? String(Math.round(share)) : typed;
}

/** The way back: a number of the document as somebody would type it. */
export function typedBound(place: string, value: string): string {
  return isShare(place) ? String(Number(value) / PPM_A_PERCENT) : value;
}

/** A range around a number to begin with, as people type it: all shares, or half of the number to both sides. */
export function rangeAround(place: string, value: string): [string, string] {
  if (isShare(place)) return ['0', '100'];
  const digits = value.split('.')[1]?.length ?? 0;
  const step = 10 ** -digits;
  const now = Number(value);
  if (now === 0) return ['0', '10'];
  const ends = [Math.floor(now / 2 / step), Math.ceil((now * 3) / 2 / step)].sort((a, b) => a - b);
  const [from = 0, to = 0] = ends;
  return [(from * step).toFixed(digits), ((to === from ? to + 1 : to) * step).toFixed(digits)];
}
