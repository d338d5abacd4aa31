import type { LeadFilterInput, LeadStatus } from '../../graphql/generated';
import { choice, moment, text } from '../../ui/search';

/** Statuses that leads have, in the order of a lead's life. */
export const STATUSES = [
  'QUEUED',
  'SOLD',
  'UNSOLD',
  'DECLINED',
  'HELD',
  'RETURNED',
  'DUPLICATE',
] as const satisfies LeadStatus[];

/** The filters of the list of leads, as its address says them. */
export interface LeadSearch {
  status?: (typeof STATUSES)[number];
  flow?: string;
  source?: string;
  destination?: string;
  key?: string;
  test?: 'yes' | 'no';
  from?: string;
  to?: string;
}

export function readLeadSearch(search: Record<string, unknown>): LeadSearch {
  return {
    status: choice(search.status, STATUSES),
    flow: text(search.flow),
    source: text(search.source),
    destination: text(search.destination),
    key: text(search.key),
    test: choice(search.test, ['yes', 'no'] as const),
    from: moment(search.from),
    to: moment(search.to),
  };
}

export function leadFilter(search: LeadSearch): LeadFilterInput {
  const { status, flow, source, destination, key, test, from, to } = search;
  return {
    ...(status && { status }),
    ...(flow && { flow }),
    ...(source && { source }),
    ...(destination && { destination }),
    ...(key && { idempotencyKey: key }),
    ...(test && { isTest: test === 'yes' }),
    ...(from && { receivedFrom: from }),
    ...(to && { receivedBefore: to }),
  };
}

/** Whether nothing is filtered. */
export function isUnfiltered(search: LeadSearch): boolean {
  return Object.keys(leadFilter(search)).length === 0;
}
