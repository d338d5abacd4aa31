import { Currencies } from '../graphql/generated';
import { useAsk } from '../graphql/use-ask';
import { useMay } from '../shell/session';

/** The currency of each flow that is live; those of others are unknown here, and their amounts stay bare. */
export function useCurrencies(): Record<string, string> {
  const mayRead = useMay('READ');
  const flows = useAsk(Currencies, {}, { staleMs: 300_000, enabled: mayRead });
  const currencies: Record<string, string> = {};
  for (const { name, stage } of flows.data?.flows.nodes ?? []) {
    if (stage?.version) currencies[name] = stage.version.currency;
  }
  return currencies;
}

/** The one currency that all flows have, if they have one: sums over flows are in it. */
export function useOnlyCurrency(): string | null {
  const all = new Set(Object.values(useCurrencies()));
  return all.size === 1 ? ([...all][0] ?? null) : null;
}
