import type { SourceDocument } from '../../graphql/source-document';
import { tabId } from '../../ui/tab';

/** What somebody typed and has not saved. */
export interface Unsaved {
  text: string;
  /** The document that it began from; none for a new source. */
  base: SourceDocument | null;
  revision: number;
  at: number;
}

const PREFIX = 'pointsman.source';

/** Keeps what is typed through a reload or a crash of the browser, for each tab. Documents hold no data of people, and a
 * text in which somebody writes secrets is not kept. */
export const sourceJournal = {
  /** What this tab kept, or else what another left last: it is this tab's from then on. */
  read(name: string): Unsaved | null {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(keysOf(name)));
    const own = keys.find((key) => key === ownKey(name));
    if (own) return parsed(own);
    const left = keys.map((key) => ({ key, unsaved: parsed(key) })).filter(({ unsaved }) => unsaved !== null);
    left.sort((a, b) => (b.unsaved?.at ?? 0) - (a.unsaved?.at ?? 0));
    const [newest] = left;
    if (!newest?.unsaved) return null;
    localStorage.removeItem(newest.key);
    this.write(name, newest.unsaved);
    return newest.unsaved;
  },
  write(name: string, unsaved: Unsaved | null): void {
    try {
      if (unsaved === null || unsaved.text.includes('"secrets"')) localStorage.removeItem(ownKey(name));
      else localStorage.setItem(ownKey(name), JSON.stringify(unsaved));
    } catch {
      // A full storage must not stop anybody from typing.
    }
  },
};

/** Names may hold dots, and no key of one source begins as those of another do. */
function keysOf(name: string): string {
  return `${PREFIX}.${encodeURIComponent(name).replaceAll('.', '%2E')}.`;
}

function ownKey(name: string): string {
  return keysOf(name) + tabId();
}

function parsed(key: string): Unsaved | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Unsaved | null;
  } catch {
    return null;
  }
}
