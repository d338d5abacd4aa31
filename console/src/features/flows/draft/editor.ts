import { Failed, SignedOut } from '../../../graphql/ask';
import type { FlowDocument } from '../../../graphql/flow-document';
import type { FindingFragment, FlowEdit, MistakeFragment } from '../../../graphql/generated';
import {
  appliedAll,
  type Change,
  type Conflict,
  type Draft,
  inverse,
  isNothing,
  isSame,
  isSamePlace,
  placeWords,
  stands,
} from './changes';
import { isWhole, sequence } from './edits';
import type { Journal, Refusal } from './journal';
import { overTheirs, rebased } from './rebase';

/** A draft as the server has it. */
export interface Saved {
  document: FlowDocument;
  /** None while there is no draft: the first edit makes one of the live version. */
  revision: number | null;
  diagnostics: FindingFragment[];
}

/** What came of sending edits. */
export type Answer = { revision: number; diagnostics: FindingFragment[] } | { mistakes: MistakeFragment[] };

/** How the editor reaches the server. */
export interface Server {
  load(): Promise<Saved>;
  save(edits: FlowEdit[], expectedRevision: number | null): Promise<Answer>;
  /** Saves the draft as a whole. */
  replace(document: FlowDocument, expectedRevision: number | null): Promise<Answer>;
}

export type Status = 'saved' | 'saving' | 'waiting' | 'offline' | 'signed-out';

export interface Shown {
  /** The draft with everything that was changed here. */
  document: FlowDocument;
  revision: number | null;
  diagnostics: FindingFragment[];
  /** The draft that they are about. */
  checked: FlowDocument;
  status: Status;
  /** How many changes are not on the server yet. */
  nWaiting: number;
  conflicts: Conflict[];
  refused: Refusal[];
  /** What somebody else did, in words. */
  notice: string | null;
  canUndo: boolean;
}

/** Pause after a change before it is sent, in milliseconds. */
const IDLE_MS = 400;
/** Pauses after the server did not answer, in milliseconds. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];
/** Most edits of one request. */
const EDITS_MAX = 200;

/** A draft under somebody's hands: each change is shown at once, sent in order, and never lost.
 *
 * What the server has is `saved`; `waiting` comes on top of it. A change leaves `waiting` when the server has it, when it
 * turns out that somebody else changed the same place (`conflicts`), or when the server refuses it (`refused`); in each case it
 * stays in the journal until somebody decides. */
export class DraftEditor {
  private waiting: Change[] = [];
  private conflicts: Conflict[] = [];
  private refused: Refusal[] = [];
  private done: Change[] = [];
  private sending = 0;
  private batchMax = EDITS_MAX;
  private status: Status = 'saved';
  private notice: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private listeners = new Set<() => void>();
  private shown: Shown | null = null;
  private isOver = false;

  constructor(
    private readonly server: Server,
    private readonly journal: Journal,
    private saved: Saved,
    private readonly newId: () => string = () => crypto.getRandomValues(new Uint32Array(1)).join('') + Date.now(),
  ) {
    const left = journal.read();
    if (!left) return;
    const { kept, conflicts } = rebased(saved.document, left.waiting);
    this.waiting = kept;
    this.conflicts = [...left.conflicts, ...conflicts];
    this.refused = left.refused;
    this.later(0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same object until something changes. */
  look = (): Shown => {
    this.shown ??= {
      document: appliedAll(this.saved.document, this.waiting),
      revision: this.saved.revision,
      diagnostics: this.saved.diagnostics,
      checked: this.saved.document,
      status: this.status,
      nWaiting: this.waiting.length,
      conflicts: this.conflicts,
      refused: this.refused,
      notice: this.notice,
      canUndo: this.done.length > 0,
    };
    return this.shown;
  };

  /** Makes changes. One that says what stands there already is none. */
  change(...drafts: Draft[]): void {
    for (const draft of drafts) {
      if (isNothing(draft)) continue;
      const change = { ...draft, id: this.newId() };
      this.refused = this.refused.filter((it) => !isSamePlace(it.change, change));
      this.push(change);
      this.done.push(change);
    }
    this.changed();
    this.later(IDLE_MS);
  }

  private push(change: Change): void {
    const last = this.waiting.at(-1);
    const isFree = this.waiting.length > this.sending;
    if (last && isFree && isSamePlace(last, change) && last.kind !== 'group') {
      this.waiting[this.waiting.length - 1] = { ...change, before: last.before } as Change;
    } else this.waiting.push(change);
  }

  /** Takes the last change back, if its place still says what it made of it. */
  undo(): void {
    const last = this.done.pop();
    if (!last) return;
    if (stands(this.look().document, last)) {
      this.push({ ...inverse(last), id: this.newId() });
      this.later(IDLE_MS);
    } else this.notice = `${placeWords(last)} was changed meanwhile and cannot be taken back.`;
    this.changed();
  }

  /** Decides a conflict. */
  decide(conflict: Conflict, who: 'mine' | 'theirs'): void {
    this.conflicts = this.conflicts.filter((it) => it !== conflict);
    // What stands there may have changed again since it was shown.
    const over = who === 'mine' ? overTheirs(this.look().document, conflict.change) : null;
    if (over) {
      this.waiting.push({ ...over, id: conflict.change.id });
      this.later(0);
    }
    this.changed();
  }

  /** Drops a change that the server refused. */
  drop(refusal: Refusal): void {
    this.refused = this.refused.filter((it) => it !== refusal);
    this.changed();
  }

  dismiss(): void {
    this.notice = null;
    this.changed();
  }

  /** Sends what waits now, such as when the browser is online again. */
  hurry(): void {
    if (this.waiting.length > 0) this.later(0);
  }

  /** Looks whether somebody else saved something, unless something is under way here. */
  async refresh(): Promise<void> {
    if (this.sending > 0 || this.waiting.length > 0) return;
    const loaded = await this.server.load().catch(() => null);
    if (!loaded || this.isOver || this.sending > 0 || this.waiting.length > 0) return;
    if (loaded.revision === this.saved.revision && isSame(loaded.diagnostics, this.saved.diagnostics)) return;
    if (loaded.revision !== this.saved.revision) this.tell(loaded);
    this.saved = loaded;
    this.changed();
  }

  /** A sign of life, every few seconds: what another tab left when it was closed is taken over. */
  tick(): void {
    const left = this.journal.left();
    if (left) {
      this.waiting.push(...left.waiting);
      this.conflicts = [...this.conflicts, ...left.conflicts];
      this.refused = [...this.refused, ...left.refused];
      // What waited there was made on another state of the draft.
      const { kept, conflicts } = rebased(this.saved.document, this.waiting);
      if (this.sending === 0) {
        this.waiting = kept;
        this.conflicts = [...this.conflicts, ...conflicts];
      }
      this.later(0);
    }
    if (left || this.waiting.length + this.conflicts.length + this.refused.length > 0) this.changed();
  }

  /** Sends what waits, so that whoever goes on to the next screen meets it there. Whether all of it is on the server. */
  async drain(): Promise<boolean> {
    clearTimeout(this.timer);
    await this.flush();
    return this.waiting.length === 0;
  }

  /** Ends the editor. What waits is sent once more; if that fails, the journal has it for the next one. */
  close(): void {
    clearTimeout(this.timer);
    if (this.waiting.length > 0) void this.flush();
    this.isOver = true;
    this.listeners.clear();
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (this.isOver) return;
    if (this.status !== 'offline') this.status = 'waiting';
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async flush(): Promise<void> {
    if (this.sending > 0 || this.isOver) return;
    if (this.waiting.length === 0) {
      this.settle();
      return;
    }
    const planned = this.plan();
    const batch = planned.map(({ change }) => change);
    const isFirst = this.saved.revision === null;
    this.sending = batch.length;
    if (this.status !== 'offline') this.status = 'saving';
    this.changed();
    try {
      const answer = await this.send(planned);
      this.sending = 0;
      this.failures = 0;
      if ('revision' in answer) {
        this.accept(batch, answer);
        // Somebody else may have begun the draft at the same moment.
        if (isFirst) await this.rebase();
      } else if (answer.mistakes.some(({ code }) => code === 'conflict')) await this.rebase();
      else this.refuse(planned, answer.mistakes);
      this.settle();
    } catch (error) {
      this.sending = 0;
      this.fail(error);
    }
  }

  /** What is sent next: the first changes, as many as one request takes. */
  private plan(): Planned[] {
    const planned = sequence(this.saved.document, this.waiting.slice(0, this.batchMax));
    let [n, end] = [0, 0];
    for (const { change, edits } of planned) {
      // What is saved as a whole is a request of its own.
      if (isWhole(change)) return planned.slice(0, Math.max(1, end));
      n += edits.length;
      // One that takes more than a request alone is sent alone: the server says what it makes of it.
      if (n > EDITS_MAX && end > 0) break;
      end += 1;
    }
    return planned.slice(0, end);
  }

  private send(planned: Planned[]): Promise<Answer> {
    const { document, revision } = this.saved;
    const changes = planned.map(({ change }) => change);
    if (changes.some(isWhole)) return this.server.replace(appliedAll(document, changes), revision);
    const edits = planned.flatMap((it) => it.edits);
    return this.server.save(edits, revision);
  }

  private accept(batch: Change[], { revision, diagnostics }: { revision: number; diagnostics: FindingFragment[] }) {
    this.saved = { document: appliedAll(this.saved.document, batch), revision, diagnostics };
    this.waiting.splice(0, batch.length);
    this.batchMax = EDITS_MAX;
  }

  /** Somebody else saved first: what waits here goes on top of theirs. */
  private async rebase(): Promise<void> {
    const theirs = await this.server.load();
    if (!isSame(theirs.document, this.saved.document)) this.tell(theirs);
    const { kept, conflicts } = rebased(theirs.document, this.waiting);
    this.saved = theirs;
    this.waiting = kept;
    this.conflicts = [...this.conflicts, ...conflicts];
  }

  private tell(theirs: Saved): void {
    const nodes = changedNodes(this.saved.document, theirs.document);
    const where = nodes.length === 0 ? 'nothing that is shown' : nodes.slice(0, 3).join(', ');
    const more = nodes.length > 3 ? ` and ${nodes.length - 3} more` : '';
    this.notice = `Somebody else saved revision ${theirs.revision ?? 0}, which changes ${where}${more}.`;
  }

  private refuse(planned: Planned[], mistakes: MistakeFragment[]): void {
    // The change that each edit belongs to: what is wrong with one edit of a group is wrong with the group.
    const owners = planned.flatMap(({ edits }, at) => edits.map(() => at));
    const reasons = new Map<number, string>();
    for (const { path, message, hint } of mistakes) {
      const at = path[0] === 'edits' ? owners[Number(path[1])] : undefined;
      const text = hint ? `${message}; ${hint}` : message;
      // What is wrong with the request as a whole is wrong with each of its changes.
      for (const idx of at === undefined ? planned.keys() : [at]) reasons.set(idx, text);
    }
    const batch = planned.map(({ change }) => change);
    for (const [at, message] of reasons) {
      const change = batch[at];
      if (change) this.refused = [...this.refused, { change, message }];
    }
    const refused = new Set(batch.filter((_, at) => reasons.has(at)).map(({ id }) => id));
    this.done = this.done.filter(({ id }) => !refused.has(id));
    this.waiting = this.waiting.filter(({ id }) => !refused.has(id));
  }

  private fail(error: unknown): void {
    if (error instanceof SignedOut) this.status = 'signed-out';
    else if (error instanceof Failed && error.code !== 'UNREACHABLE') {
      const planned = this.plan();
      if (planned.length > 1) {
        // One of them cannot even be read: the others must not go down with it.
        this.batchMax = 1;
        this.settle();
        return;
      }
      this.refuse(planned, [{ path: [], code: error.code, message: error.message, hint: null }]);
      this.settle();
      return;
    } else this.status = 'offline';
    const pause = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 0;
    this.failures += 1;
    clearTimeout(this.timer);
    if (!this.isOver) this.timer = setTimeout(() => void this.flush(), pause);
    this.changed();
  }

  private settle(): void {
    if (this.waiting.length > 0) {
      this.status = 'waiting';
      this.later(0);
    } else this.status = 'saved';
    this.changed();
  }

  private changed(): void {
    this.shown = null;
    this.journal.write({ waiting: this.waiting, conflicts: this.conflicts, refused: this.refused });
    for (const listener of this.listeners) listener();
  }
}

type Planned = ReturnType<typeof sequence<Change>>[number];

/** Names of the nodes that differ between two documents. */
function changedNodes(a: FlowDocument, b: FlowDocument): string[] {
  const names = new Set([...Object.keys(a.nodes), ...Object.keys(b.nodes)]);
  return [...names].filter((name) => !isSame(a.nodes[name], b.nodes[name])).sort();
}
