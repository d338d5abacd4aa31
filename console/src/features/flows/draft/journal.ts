import { tabId } from '../../../ui/tab';
import type { Change, Conflict } from './changes';

/** A change that the server refused, with its reason. */
export interface Refusal {
  change: Change;
  message: string;
}

/** What is not on the server yet. */
export interface Pending {
  waiting: Change[];
  conflicts: Conflict[];
  refused: Refusal[];
}

/** Keeps what is not saved through a reload or a crash of the browser. Documents of flows are no data of people. */
export interface Journal {
  /** What this tab kept before it was loaded again, and what closed tabs left. */
  read(): Pending | null;
  /** What tabs left that have been closed since: it is here alone from then on. */
  left(): Pending | null;
  write(pending: Pending): void;
}

/** After so long without a sign of life, what another tab kept is taken over, in milliseconds. */
const ABANDONED_MS = 15_000;
const PREFIX = 'pointsman.draft';

interface Entry extends Pending {
  at: number;
}

/** The journal of a tab: what it wrote before a reload, and what closed tabs left behind. */
export function browserJournal(flow: string): Journal {
  const own = `${PREFIX}.${flow}.${tabId()}`;
  const parsed = (key: string): Entry | null => {
    try {
      return JSON.parse(localStorage.getItem(key) ?? 'null') as Entry | null;
    } catch {
      return null;
    }
  };
  const take = (withOwn: boolean): Pending | null => {
    const all: Pending = { waiting: [], conflicts: [], refused: [] };
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}.${flow}.`));
    for (const key of keys) {
      const entry = parsed(key);
      const isOurs = key === own ? withOwn : entry !== null && Date.now() - entry.at >= ABANDONED_MS;
      if (!entry || !isOurs) continue;
      all.waiting.push(...entry.waiting);
      all.conflicts.push(...entry.conflicts);
      all.refused.push(...entry.refused);
      if (key !== own) localStorage.removeItem(key);
    }
    return all.waiting.length + all.conflicts.length + all.refused.length > 0 ? all : null;
  };
  return {
    read: () => take(true),
    left: () => take(false),
    write(pending) {
      const isEmpty = pending.waiting.length + pending.conflicts.length + pending.refused.length === 0;
      try {
        if (isEmpty) localStorage.removeItem(own);
        else localStorage.setItem(own, JSON.stringify({ ...pending, at: Date.now() } satisfies Entry));
      } catch {
        // A full storage must not stop anybody from editing: the server is where drafts are.
      }
    },
  };
}
