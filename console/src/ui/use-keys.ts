import { useEffect, useRef } from 'react';
import { isTyping } from './keys';

/** Keys of a screen, each with what it does; none while somebody types. */
export function useKeys(commands: Record<string, () => unknown>) {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const command = latest.current[event.key];
      if (!command) return;
      event.preventDefault();
      command();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
