import { useEffect, useRef, useState } from 'react';
import { isTyping } from '../ui/keys';

/** What is chosen of a list after one of its rows was toggled. With Shift, all rows from the last one that was toggled to this
 * one become what this one becomes. */
export function toggled(
  chosen: ReadonlySet<string>,
  ids: readonly string[],
  id: string,
  last: string | null,
  isRange: boolean,
): Set<string> {
  const next = new Set(chosen);
  const [from, to] = [last === null ? -1 : ids.indexOf(last), ids.indexOf(id)];
  const rows = isRange && from >= 0 && to >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  const isAdded = !chosen.has(id);
  for (const row of rows) {
    if (isAdded) next.add(row);
    else next.delete(row);
  }
  return next;
}

/** Rows of a list that are chosen: by their boxes, or by `x` on the row in focus. Rows that have gone are chosen no more. */
export function useSelection(ids: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const latest = useRef(ids);
  latest.current = ids;
  const toggle = (id: string, isRange: boolean) => {
    const from = last.current;
    last.current = id;
    setChosen((old) => toggled(old, latest.current, id, from, isRange));
  };
  const act = useRef(toggle);
  act.current = toggle;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key.toLowerCase() !== 'x' || document.querySelector('dialog[open]')) return;
      const id = document.activeElement?.closest<HTMLElement>('tr[data-id]')?.dataset.id;
      if (id !== undefined) act.current(id, event.shiftKey);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return {
    chosen: ids.filter((id) => chosen.has(id)),
    has: (id: string) => chosen.has(id),
    toggle,
    clear: () => setChosen(new Set()),
  };
}
