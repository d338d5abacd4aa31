import { ReleasedDelivery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useCurrencies } from '../../ui/currencies';
import { words } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Money, StateChip } from '../../ui/parts';
import { outcomeOf } from './effects';

/** What a release came to: the walk of its lead may still be going on. */
export function Released({ id }: { id: string }) {
  const asked = useAsk(ReleasedDelivery, { id }, { poll: true, pollMs: 2_000 });
  const currencies = useCurrencies();
  const delivery = asked.data?.delivery;
  if (!delivery?.lead || !delivery.release) return null;
  const { lead, release } = delivery;
  return (
    <p className="band-inline held-made" role="status">
      <StateChip state={release.answer} label={words(release.answer)} />
      <span>
        {delivery.destination} was released: {outcomeOf(lead, id)}.
      </span>
      <span>
        <LeadLink id={lead.id} /> <StateChip state={lead.status} />{' '}
        <Money amount={lead.revenue} currency={currencies[lead.flow]} />
      </span>
    </p>
  );
}
