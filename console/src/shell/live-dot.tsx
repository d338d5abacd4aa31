import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { POLL_MS } from '../graphql/use-ask';

type Freshness = 'live' | 'behind' | 'offline';

const WORDS: Record<Freshness, string> = {
  live: 'Live',
  behind: 'Behind',
  offline: 'Offline',
};

/** How old what is on the screen is: live, behind, or without a server. */
export function LiveDot() {
  const client = useQueryClient();
  useIsFetching();
  const [freshness, setFreshness] = useState<Freshness>('live');
  useEffect(() => {
    const look = () => {
      const queries = client.getQueryCache().findAll({ type: 'active' });
      const last = queries[0]?.state;
      const newest = Math.max(0, ...queries.map((query) => query.state.dataUpdatedAt));
      const hasFailed = queries.some(
        (query) => query.state.fetchStatus !== 'idle' && query.state.fetchFailureCount > 0,
      );
      if (!navigator.onLine || (hasFailed && last)) setFreshness('offline');
      else setFreshness(Date.now() - newest > 6 * POLL_MS ? 'behind' : 'live');
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [client]);
  return (
    <span className={`live live-${freshness}`} role="status">
      <span aria-hidden className="dot" />
      {WORDS[freshness]}
    </span>
  );
}
