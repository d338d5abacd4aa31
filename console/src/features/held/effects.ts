import type { DeliveryReleaseAnswer, HeldRowFragment } from '../../graphql/generated';

/** What is said of a delivery when it is released, in the words of whoever knows. */
export const ANSWERS: Record<DeliveryReleaseAnswer, { label: string; said: string }> = {
  ACCEPTED: { label: 'It took the lead', said: 'sold' },
  REJECTED: { label: 'It did not want the lead', said: 'refused' },
  NOT_SENT: { label: 'It never got the lead', said: 'never arrived' },
};

/** It was offered, whatever became of it. */
const UNITS = 'The units that it holds of caps stay used.';

/** What follows from a release, sentence by sentence. `pays` says how the destination pays where nothing is typed. */
export function effectsOf(
  answer: DeliveryReleaseAnswer,
  { destination, lead }: Pick<HeldRowFragment, 'destination' | 'lead'>,
  pays: { price: string | null; isOnConversion: boolean } | undefined,
  typed: string,
): string[] {
  const isHeld = lead?.status === 'HELD';
  if (answer === 'ACCEPTED') {
    const price = typed.trim() !== '' ? typed.trim() : pays?.isOnConversion ? null : (pays?.price ?? null);
    return [
      isHeld ? 'The lead becomes sold, and nobody else is offered it.' : 'The lead keeps its status.',
      price === null
        ? `${destination} pays nothing for it at once; what it reports later counts.`
        : `${destination} pays ${price} for it, which counts as revenue.`,
      UNITS,
    ];
  }
  return [
    isHeld
      ? 'The walk of the lead goes on to the next destination that is free; there may be none.'
      : 'The lead has gone on before, and keeps its status.',
    UNITS,
  ];
}

/** What became of the lead after a release, in a sentence. */
export function outcomeOf(
  lead: { status: string; deliveries: readonly { id: string; destination: string; state: string }[] },
  id: string,
): string {
  const other = lead.deliveries.find((delivery) => delivery.id !== id && delivery.state === 'ACCEPTED');
  switch (lead.status) {
    case 'SOLD':
      return other ? `the lead went on, and ${other.destination} took it` : 'the lead is sold';
    case 'UNSOLD':
      return 'the lead went on, and nobody took it';
    case 'HELD':
      return 'the lead is held again, at another destination';
    case 'DECLINED':
      return 'the lead went on, and the flow declined it';
    default:
      return 'the lead is on its way';
  }
}
