import { ask } from '../../graphql/ask';
import {
  type ErasePersonsInput,
  ErasurePreview,
  type ErasurePreviewQuery,
  type MistakeFragment,
} from '../../graphql/generated';

type Stretch = NonNullable<ErasurePreviewQuery['erasurePreview']['preview']>;

/** What an erasure would find, as far as the leads were looked through. */
export interface Counted {
  leads: number;
  openLeads: number;
  lookedThrough: number;
  /** Offers by destination, most first. */
  destinations: { destination: string; offers: number }[];
}

export const NOTHING: Counted = { leads: 0, openLeads: 0, lookedThrough: 0, destinations: [] };

/** Adds what was found in the next stretch. */
export function added(sum: Counted, stretch: Omit<Stretch, 'next'>): Counted {
  const offers = new Map(sum.destinations.map((it) => [it.destination, it.offers]));
  for (const it of stretch.destinations) offers.set(it.destination, (offers.get(it.destination) ?? 0) + it.offers);
  return {
    leads: sum.leads + stretch.leads,
    openLeads: sum.openLeads + stretch.openLeads,
    lookedThrough: sum.lookedThrough + stretch.lookedThrough,
    destinations: [...offers]
      .map(([destination, n]) => ({ destination, offers: n }))
      .sort((a, b) => b.offers - a.offers || a.destination.localeCompare(b.destination)),
  };
}

/** Looks through all leads, stretch by stretch; `onMore` is told of each. What is asked for is kept nowhere in the browser.
 *
 * Gives the mistakes of the input, or none when all leads were looked through. */
export async function countPersons(
  input: ErasePersonsInput,
  onMore: (sum: Counted) => void,
  signal: AbortSignal,
): Promise<MistakeFragment[]> {
  let sum = NOTHING;
  let after: string | null = null;
  do {
    const answer: ErasurePreviewQuery = await ask(ErasurePreview, { input, after }, signal);
    const { preview, userErrors } = answer.erasurePreview;
    if (!preview) return userErrors;
    sum = added(sum, preview);
    onMore(sum);
    after = preview.next;
  } while (after !== null);
  return [];
}

/** What has to be typed before so many leads are erased. */
export function confirmation(leads: number): string {
  return `erase ${leads}`;
}

/** A value as leads have it: a telephone number without what people write between its digits. */
export function spelled(value: string): string {
  const text = value.trim();
  return /^\+[\d\s()./-]+$/.test(text) ? text.replace(/[^+\d]/g, '') : text;
}

/** Ids with commas, spaces or lines between them. */
export function idsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((id) => id !== '');
}
