import { ReplayForm } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';

/** Names of versions for people: their number, or the beginning of their hash where that is not known. */
export function useVersionNames(): (flow: string, hash: string) => string {
  const asked = useAsk(ReplayForm, {}, { staleMs: 30_000 });
  const flows = asked.data?.flows.nodes ?? [];
  return (flow, hash) => {
    const version = flows.find(({ name }) => name === flow)?.versions.nodes.find((it) => it.hash === hash);
    return version ? `version ${version.number}` : hash.slice(0, 12);
  };
}
