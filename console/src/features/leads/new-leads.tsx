import { useState } from 'react';
import { useFollow } from '../../graphql/follow';
import {
  type LeadFilterInput,
  Leads,
  NewLeads as NewLeadsOperation,
  type NewLeadsSubscription,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { count } from '../../ui/format';

const LOOKED_AT = 20;

/** Leads that came since the list was loaded wait behind this button, so that no row moves under the pointer.
 *
 * * `position`: of the list, from which new ones count; none before it is loaded.
 * * `loadedAt`: when it was loaded, in milliseconds since 1970. */
export function NewLeads({
  filter,
  newest,
  position,
  loadedAt,
  onShow,
}: {
  filter: LeadFilterInput;
  newest: string | undefined;
  position: string | undefined;
  loadedAt: number;
  onShow: () => void;
}) {
  const [told, setTold] = useState<NewLeadsSubscription['newLeads'] | null>(null);
  const followed = position === undefined ? null : { filter, since: position };
  const isLive = useFollow(NewLeadsOperation, followed, ({ newLeads }) => setTold(newLeads));
  const looked = useLook(filter, newest, loadedAt, position !== undefined && !isLive);
  const words = isLive ? told && told.position === position && wordsOf(told.count, told.isMore) : looked;
  if (!words) return null;
  return (
    <button type="button" className="new-rows" onClick={onShow}>
      Show {words}
    </button>
  );
}

/** The same by looking, where no web socket gets through. */
function useLook(
  filter: LeadFilterInput,
  newest: string | undefined,
  loadedAt: number,
  isNeeded: boolean,
): string | null {
  const latest = useAsk(Leads, { filter, first: LOOKED_AT }, { poll: true, enabled: isNeeded });
  const ids = latest.data?.leads.nodes.map((lead) => lead.id) ?? [];
  const at = newest ? ids.indexOf(newest) : -1;
  // What was looked at before the list was loaded says nothing of it.
  if (!isNeeded || latest.isPlaceholderData || latest.dataUpdatedAt < loadedAt) return null;
  return wordsOf(at >= 0 ? at : ids.length, at < 0 && ids.length === LOOKED_AT);
}

function wordsOf(n: number, isMore: boolean): string | null {
  if (n === 0) return null;
  return isMore ? `${count(n)} or more new leads` : `${count(n)} new ${n === 1 ? 'lead' : 'leads'}`;
}
