import type { LeadFilterInput } from '../../graphql/generated';
import { Leads } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';

const LOOKED_AT = 20;

/** Leads that came since the list was loaded wait behind this button, so that no row moves under the pointer. */
export function NewLeads({
  filter,
  newest,
  onShow,
  isReady,
}: {
  filter: LeadFilterInput;
  newest: string | undefined;
  onShow: () => void;
  isReady: boolean;
}) {
  const latest = useAsk(Leads, { filter, first: LOOKED_AT }, { poll: true, enabled: isReady });
  const ids = latest.data?.leads.nodes.map((lead) => lead.id) ?? [];
  const at = newest ? ids.indexOf(newest) : -1;
  const waiting = at >= 0 ? at : ids.length;
  if (!isReady || waiting === 0 || latest.isPlaceholderData) return null;
  const words =
    at < 0 && ids.length === LOOKED_AT
      ? `${LOOKED_AT} or more new leads`
      : `${waiting} new ${waiting === 1 ? 'lead' : 'leads'}`;
  return (
    <button type="button" className="new-rows" onClick={onShow}>
      Show {words}
    </button>
  );
}
