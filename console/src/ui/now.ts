import { useEffect, useState } from 'react';
import { useSession } from '../shell/session';

/** The server's clock in milliseconds since 1970. A demonstration lives in another time than the browser, and the clock of
 * a browser may be wrong. */
export function useNow(): number {
  const { about, answeredAt } = useSession();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return Date.parse(about.now) + Math.max(0, now - answeredAt);
}
