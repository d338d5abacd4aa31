import type { ReturnDecision, ReturnKind, ReturnRowFragment, ReturnState } from '../graphql/generated';

/** The terms on which a destination may give leads back, as its settings have them. */
export interface ReturnTerms {
  windowDays: number;
  /** Reasons that count; none: any. */
  reasons: string[] | null;
  isAutomatic: boolean;
  givesBackCap: boolean;
}

/** The terms of some settings; none where leads are sold for good. */
export function termsOf(settings: unknown): ReturnTerms | null {
  const returns = (settings as { returns?: Record<string, unknown> | null } | null | undefined)?.returns;
  if (!returns) return null;
  const { window_days, reasons, decision, gives_back_cap } = returns;
  return {
    windowDays: Number(window_days),
    reasons: Array.isArray(reasons) && reasons.length > 0 ? reasons.map(String) : null,
    isAutomatic: decision === 'automatic',
    givesBackCap: gives_back_cap === true,
  };
}

export const RETURN_STATES: Record<ReturnState, string> = {
  REQUESTED: 'to be decided',
  ACCEPTED: 'accepted',
  DENIED: 'denied',
  REVERSED: 'reversed',
};

export const RETURN_KINDS: Record<ReturnKind, string> = { RETURN: 'return', CHARGEBACK: 'chargeback' };

/** What follows from a request, sentence by sentence.
 *
 * * `terms`: those of the destination today; those of the sale count, which may be others. */
export function requestEffects(kind: ReturnKind, destination: string, terms: ReturnTerms | null): string[] {
  if (kind === 'CHARGEBACK') {
    return [
      `All that ${destination} paid for this lead is taken back at once, whatever was agreed.`,
      'Units of caps stay used.',
    ];
  }
  if (terms === null) {
    return [`${destination} has no terms for returns. A lead that was sold without terms cannot be returned.`];
  }
  const within = `Within ${terms.windowDays} ${terms.windowDays === 1 ? 'day' : 'days'} of the sale`;
  return [
    terms.isAutomatic
      ? `${within} it is accepted at once: all that ${destination} paid for this lead is taken back.`
      : `${within} it is taken down, and nothing changes before somebody accepts it.`,
    terms.givesBackCap
      ? 'Once it is accepted, the lead gives back its unit of caps of accepted leads.'
      : 'Units of caps stay used.',
    'The terms under which the lead was sold count; these are those of today.',
  ];
}

/** What may be decided about a return as it is now. */
export function decisionsOf({ state }: Pick<ReturnRowFragment, 'state'>): ReturnDecision[] {
  switch (state) {
    case 'REQUESTED':
      return ['ACCEPT', 'DENY'];
    case 'ACCEPTED':
      return ['REVERSE'];
    case 'DENIED':
    case 'REVERSED':
      return [];
  }
}

export const DECISIONS: Record<ReturnDecision, { button: string; follows: (destination: string) => string }> = {
  ACCEPT: {
    button: 'Accept',
    follows: (destination) =>
      `All that ${destination} paid for this lead is taken back, and nothing of it counts while the return stands.`,
  },
  DENY: { button: 'Deny', follows: (destination) => `${destination} owes what it owed. It may ask once more.` },
  REVERSE: {
    button: 'Reverse',
    follows: (destination) =>
      `What ${destination} paid counts again, with what it reported meanwhile. A unit of a cap is taken again.`,
  },
};

/** Whether one more return of a delivery may be asked for: one that is open, or stands, is in the way. */
export function mayBeReturned(returns: readonly Pick<ReturnRowFragment, 'state'>[]): boolean {
  return returns.every(({ state }) => state === 'DENIED' || state === 'REVERSED');
}

/** A key by which the server knows a request that is sent twice. */
export function newKey(): string {
  // Browsers have `randomUUID` on safe pages alone.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `console-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
