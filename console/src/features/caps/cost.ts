import type { CapCostQuery } from '../../graphql/generated';
import { sum } from '../../ui/format';

type Lead = CapCostQuery['leads']['nodes'][number];

/** Leads that went elsewhere because a cap was used up, by where they went. */
export interface Elsewhere {
  /** The destination that took them; none if nobody did. */
  to: string | null;
  /** What became of them where nobody took them. */
  status: Lead['status'] | null;
  /** The currency of their flow, if it is known. */
  currency: string | null;
  leads: number;
  /** What they brought there. */
  revenue: string;
  /** The latest of them. */
  example: string;
}

export interface CapCost {
  /** Leads that this destination was thought of for. */
  leads: number;
  offered: number;
  /** Those that it was not offered because a cap was used up. */
  diverted: number;
  /** Most leads first. */
  elsewhere: Elsewhere[];
}

/** What full caps cost a destination of some leads, by the first step of each that thought of it. A lead that it was offered
 * at any step is not lost to it. */
export function capCost(leads: readonly Lead[], destination: string, currencies: Record<string, string>): CapCost {
  const found: CapCost = { leads: 0, offered: 0, diverted: 0, elsewhere: [] };
  const places = new Map<string, Elsewhere>();
  for (const lead of leads) {
    const told = (lead.decision?.explanation?.steps ?? []).flatMap(({ candidates }) =>
      candidates.filter((it) => it.destination === destination),
    );
    const [first] = told;
    if (!first) continue;
    found.leads++;
    if (told.some(({ outcome }) => outcome === 'OFFERED')) found.offered++;
    else if (first.outcome === 'CAP' || first.outcome === 'CAP_OR_BREAKER') {
      found.diverted++;
      const place = placeOf(lead, currencies);
      const key = [place.to, place.status, place.currency].join(' ');
      const old = places.get(key);
      places.set(key, old ? { ...old, leads: old.leads + 1, revenue: sum([old.revenue, place.revenue]) } : place);
    }
  }
  found.elsewhere = [...places.values()].sort((a, b) => b.leads - a.leads || (a.to ?? '').localeCompare(b.to ?? ''));
  return found;
}

function placeOf(lead: Lead, currencies: Record<string, string>): Elsewhere {
  const to = lead.deliveries.find(({ state }) => state === 'ACCEPTED')?.destination ?? null;
  return {
    to,
    status: to === null ? lead.status : null,
    currency: currencies[lead.flow] ?? null,
    leads: 1,
    revenue: lead.revenue ?? '0.00',
    example: lead.id,
  };
}
