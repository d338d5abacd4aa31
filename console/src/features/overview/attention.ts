import type { OverviewQuery } from '../../graphql/generated';
import { closure } from '../../ui/destination-words';

/** Something that somebody should look at, and where. */
export interface Attention {
  id: string;
  title: string;
  detail: string;
  to: string;
}

/** What needs somebody, the worst first; `when` writes a time. */
export function attentionOf(data: OverviewQuery, when: (at: string) => string): Attention[] {
  const found: Attention[] = [];
  const refused = data.refusedCommands.nodes[0];
  if (refused) {
    found.push({
      id: 'refused',
      title: 'Something could not be stored and was dropped',
      detail: `last at ${when(refused.refusedAt)}; this is a bug of the server`,
      to: '/operations',
    });
  }
  for (const flow of data.flows.nodes) {
    const errors = flow.draft?.diagnostics.filter(({ severity }) => severity === 'ERROR').length ?? 0;
    if (flow.isStopped)
      found.push({
        id: `stopped-${flow.name}`,
        title: `${flow.name} is stopped`,
        detail: 'its leads are answered with 503 until somebody starts it again',
        to: `/flows/${encodeURIComponent(flow.name)}`,
      });
    else if (!flow.isLive)
      found.push({
        id: `flow-${flow.name}`,
        title: `${flow.name} takes no leads`,
        detail: 'it has no live version that runs',
        to: `/flows/${encodeURIComponent(flow.name)}`,
      });
    if (errors > 0) {
      found.push({
        id: `draft-${flow.name}`,
        title: `The draft of ${flow.name} has ${errors} ${errors === 1 ? 'error' : 'errors'}`,
        detail: 'it cannot be published',
        to: `/flows/${encodeURIComponent(flow.name)}?at=draft`,
      });
    }
  }
  for (const { name, isActive, availability } of data.destinations.nodes) {
    // Whoever made it inactive knows; a closed schedule opens by itself.
    const reasons = availability.unavailable.filter(
      ({ __typename }) => __typename === 'OpenBreaker' || __typename === 'FullCap',
    );
    if (!isActive || reasons.length === 0) continue;
    found.push({
      id: `destination-${name}`,
      title: `${name} takes nothing`,
      detail: reasons.map((reason) => closure(reason, when)).join('; '),
      to: `/destinations/${encodeURIComponent(name)}`,
    });
  }
  for (const { id, kind, subject, message } of data.alerts.nodes) {
    // Breakers and caps stand above, as they are now.
    if (kind !== 'ERROR_RATE' && kind !== 'SOURCE_SILENT') continue;
    found.push({
      id,
      title: kind === 'SOURCE_SILENT' ? `${subject} is silent` : `Offers to ${subject} fail`,
      detail: message.replaceAll('`', ''),
      to: '/operations',
    });
  }
  const held = data.now.find(({ status }) => status === 'HELD')?.leads ?? 0;
  if (held > 0) {
    found.push({
      id: 'held',
      title: `${held} ${held === 1 ? 'lead is' : 'leads are'} held`,
      detail: 'an answer is unknown, and nobody else is offered the lead',
      to: '/deliveries/held',
    });
  }
  const returned = data.returns.nodes[0];
  if (returned) {
    found.push({
      id: 'returns',
      title: 'Returns wait for a decision',
      detail: `the last came ${when(returned.requestedAt)} from ${returned.destination}`,
      to: '/returns?state=REQUESTED',
    });
  }
  const parked = data.parkedPostbacks.nodes[0];
  if (parked) {
    found.push({
      id: 'parked',
      title: 'Postbacks are parked',
      detail: `the last came ${when(parked.receivedAt)}; their money counts for nobody yet`,
      to: '/conversions/parked',
    });
  }
  return found;
}
