import type { FlowDocument } from '../../graphql/flow-document';
import { ReplayForm } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';

/** Names of versions for people: their number, or the beginning of their hash where that is not known. */
export function useVersionNames(): (flow: string, candidate: string | FlowDocument) => string {
  const asked = useAsk(ReplayForm, {}, { staleMs: 30_000 });
  const flows = asked.data?.flows.nodes ?? [];
  return (flow, candidate) => {
    if (typeof candidate !== 'string') return 'a draft';
    const version = flows.find(({ name }) => name === flow)?.versions.nodes.find((it) => it.hash === candidate);
    return version ? `version ${version.number}` : candidate.slice(0, 12);
  };
}
