import { type RefObject, useEffect, useRef } from 'react';
import { isTyping } from './keys';

/** `j` and `k` walk through the rows of a table, and Enter opens the one in focus. The links of the rows are what has
 * the focus, so that a reader of the screen says the row. */
export function useRows(n: number, open: (at: number) => void): RefObject<HTMLTableSectionElement | null> {
  const body = useRef<HTMLTableSectionElement>(null);
  const latest = useRef({ n, open });
  latest.current = { n, open };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') || !body.current) return;
      if (event.key !== 'j' && event.key !== 'k') return;
      const rows = [...body.current.rows];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const next = Math.max(0, Math.min(rows.length - 1, at + (event.key === 'j' ? 1 : -1)));
      const link = rows[next]?.querySelector<HTMLElement>('a');
      link?.focus();
      link?.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  useEffect(() => {
    const element = body.current;
    if (!element || n === 0) return;
    // The whole row opens; what is in it and can be pressed keeps its own meaning.
    const listen = (event: MouseEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest('a, button, input, dialog') || getSelection()?.toString()) return;
      const row = target.closest('tr');
      if (row) latest.current.open([...element.rows].indexOf(row));
    };
    element.addEventListener('click', listen);
    return () => element.removeEventListener('click', listen);
  }, [n]);
  return body;
}
