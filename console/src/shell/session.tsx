import { createContext, useContext } from 'react';
import type { Right, ShellQuery } from '../graphql/generated';

/** Who looks, which server answers, and when it answered by the clock of the browser. */
export type Session = ShellQuery & { answeredAt: number };

export const SessionContext = createContext<Session | null>(null);

/** Who looks at the screen, and which server answers. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session around this component');
  return session;
}

/** Whether whoever looks may do something. Roles are never compared by name: the server says what they may. */
export function useMay(right: Right): boolean {
  return useSession().viewer.can.includes(right);
}
