import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failed } from '../../../graphql/ask';
import type { FlowDocument } from '../../../graphql/flow-document';
import type { FlowEdit } from '../../../graphql/generated';
import { group } from './changes';
import { DraftEditor, type Server } from './editor';
import type { Journal, Pending } from './journal';

const DOCUMENT: FlowDocument = {
  flow: 'f',
  vertical: 'v',
  root: 'w',
  nodes: {
    w: { kind: 'when', if: 'age > 1', then: 'a', otherwise: 'b' },
    x: { kind: 'when', if: 'age > 2', then: 'a', otherwise: 'b' },
    a: { kind: 'destination' },
    b: { kind: 'destination' },
  },
};

/** A server with one draft, which takes predicates and nothing else. */
class Stored implements Server {
  document = structuredClone(DOCUMENT);
  revision = 1;
  isDown = false;
  isAnswerLost = false;
  requests = 0;

  load = async () => {
    if (this.isDown) throw new Failed('The server does not answer.', 'UNREACHABLE');
    return { document: structuredClone(this.document), revision: this.revision, diagnostics: [] };
  };

  replace = async (document: FlowDocument, expected: number | null) => {
    this.requests += 1;
    if (expected !== this.revision)
      return { mistakes: [{ path: [], code: 'conflict', message: 'changed', hint: null }] };
    this.document = structuredClone(document) as typeof this.document;
    this.revision += 1;
    return { revision: this.revision, diagnostics: [] };
  };

  save = async (edits: FlowEdit[], expected: number | null) => {
    this.requests += 1;
    if (this.isDown) throw new Failed('The server does not answer.', 'UNREACHABLE');
    if (expected !== this.revision)
      return { mistakes: [{ path: [], code: 'conflict', message: 'changed', hint: null }] };
    const mistakes = edits.flatMap((edit, at) =>
      edit.setPredicate && this.document.nodes[edit.setPredicate.node]
        ? []
        : [{ path: ['edits', String(at), 'node'], code: 'unknown_node', message: 'there is no such node', hint: null }],
    );
    if (mistakes.length > 0) return { mistakes };
    for (const { setPredicate } of edits) {
      const node = setPredicate && this.document.nodes[setPredicate.node];
      if (node) node.if = setPredicate.cel;
    }
    this.revision += 1;
    if (this.isAnswerLost) {
      this.isAnswerLost = false;
      throw new Failed('The server does not answer.', 'UNREACHABLE');
    }
    return { revision: this.revision, diagnostics: [] };
  };
}

class Kept implements Journal {
  pending: Pending | null = null;
  other: Pending | null = null;
  left = () => {
    const left = this.other;
    this.other = null;
    return left;
  };
  read = () => (this.pending ? (JSON.parse(JSON.stringify(this.pending)) as Pending) : null);
  write = (pending: Pending) => {
    this.pending = JSON.parse(JSON.stringify(pending)) as Pending;
  };
}

const predicate = (node: string, before: string, after: string) =>
  ({ kind: 'value', node, part: 'if', before, after }) as const;

async function opened(server: Stored, journal = new Kept()) {
  let n = 0;
  return new DraftEditor(server, journal, await server.load(), () => `c${n++}`);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('shows a change at once and saves what was typed in one request', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(predicate('w', 'age > 1', 'age > 10'));
  editor.change(predicate('w', 'age > 10', 'age > 100'));
  expect(editor.look().document.nodes.w?.if).toBe('age > 100');
  expect(server.requests).toBe(0);
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 100');
  expect(server.requests).toBe(1);
  expect(editor.look()).toMatchObject({ status: 'saved', revision: 2, nWaiting: 0 });
  editor.undo();
  editor.undo();
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 1');
});

it('tells the draft that findings are about from what was typed since', async () => {
  const editor = await opened(new Stored());
  editor.change(predicate('w', 'age > 1', 'age > 10'));
  expect(editor.look().checked.nodes.w?.if).toBe('age > 1');
  await pass(500);
  expect(editor.look().checked.nodes.w?.if).toBe('age > 10');
});

it('puts changes of other places on top of what somebody else saved', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  await server.save([{ setPredicate: { node: 'x', cel: 'age > 7' } }], 1);
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 9');
  expect(server.document.nodes.x?.if).toBe('age > 7');
  expect(editor.look()).toMatchObject({ status: 'saved', conflicts: [] });
  expect(editor.look().notice).toContain('revision 2');
  expect(editor.look().document).toEqual(server.document);
});

it('asks where both changed the same place, through a reload, and does what was decided', async () => {
  const server = new Stored();
  const journal = new Kept();
  const editor = await opened(server, journal);
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  await server.save([{ setPredicate: { node: 'w', cel: 'age > 7' } }], 1);
  await pass(500);
  expect(editor.look().conflicts).toHaveLength(1);
  editor.close();
  const again = await opened(server, journal);
  const [conflict] = again.look().conflicts;
  expect(conflict).toMatchObject({ theirs: 'age > 7', change: { after: 'age > 9' } });
  again.decide(conflict as never, 'mine');
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 9');
  expect(again.look().conflicts).toEqual([]);
});

it('keeps changes while nobody answers, and sends them in order after a reload', async () => {
  const server = new Stored();
  const journal = new Kept();
  const editor = await opened(server, journal);
  server.isDown = true;
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  await pass(500);
  editor.change(predicate('x', 'age > 2', 'age > 8'));
  await pass(20_000);
  expect(editor.look()).toMatchObject({ status: 'offline', nWaiting: 2 });
  editor.close();
  server.isDown = false;
  const again = await opened(server, journal);
  expect(again.look().document.nodes.x?.if).toBe('age > 8');
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 9');
  expect(server.document.nodes.x?.if).toBe('age > 8');
  expect(journal.pending).toEqual({ waiting: [], conflicts: [], refused: [] });
});

it('saves nothing twice when an answer is lost', async () => {
  const server = new Stored();
  const editor = await opened(server);
  server.isAnswerLost = true;
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  await pass(500);
  expect(editor.look().status).toBe('offline');
  await pass(3_000);
  expect(editor.look()).toMatchObject({ status: 'saved', revision: 2, conflicts: [], nWaiting: 0 });
});

it('takes over what a closed tab left', async () => {
  const server = new Stored();
  const journal = new Kept();
  const editor = await opened(server, journal);
  const waiting = [{ id: 'other', ...predicate('x', 'age > 2', 'age > 8') }];
  journal.other = { waiting, conflicts: [], refused: [] };
  editor.tick();
  await pass(500);
  expect(server.document.nodes.x?.if).toBe('age > 8');
  expect(editor.look()).toMatchObject({ status: 'saved', nWaiting: 0 });
});

it('sends what waits when the page is left', async () => {
  const server = new Stored();
  const journal = new Kept();
  const editor = await opened(server, journal);
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  editor.close();
  await pass(0);
  expect(server.document.nodes.w?.if).toBe('age > 9');
  expect(journal.pending?.waiting).toEqual([]);
});

it('refuses alone what cannot be read', async () => {
  const server = new Stored();
  const save = server.save;
  server.save = async (edits, expected) => {
    if (edits.some(({ setPredicate }) => setPredicate?.cel === 'unreadable')) throw new Failed('no', 'BAD_REQUEST');
    return save(edits, expected);
  };
  const editor = await opened(server);
  editor.change(predicate('w', 'age > 1', 'unreadable'), predicate('x', 'age > 2', 'age > 8'));
  await pass(1_000);
  expect(server.document.nodes.x?.if).toBe('age > 8');
  expect(editor.look().refused).toMatchObject([{ message: 'no', change: { node: 'w' } }]);
});

it('sees what somebody else began at the same moment', async () => {
  const server = new Stored();
  const editor = new DraftEditor(server, new Kept(), { ...(await server.load()), revision: null }, () => 'c');
  const save = server.save;
  server.save = async (edits, expected) => save(edits, expected ?? server.revision);
  await save([{ setPredicate: { node: 'x', cel: 'age > 7' } }], 1);
  editor.change(predicate('w', 'age > 1', 'age > 9'));
  await pass(500);
  expect(editor.look().document).toEqual(server.document);
  expect(editor.look()).toMatchObject({ revision: 3, status: 'saved' });
});

it('keeps what the server refuses, and saves the rest', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(predicate('gone', 'x', 'y'), predicate('w', 'age > 1', 'age > 9'));
  await pass(500);
  expect(server.document.nodes.w?.if).toBe('age > 9');
  expect(editor.look().refused).toMatchObject([{ message: 'there is no such node', change: { node: 'gone' } }]);
  expect(editor.look().status).toBe('saved');
});

const twice = (before: [string, string], after: [string, string]) =>
  group('both', predicate('w', before[0], after[0]), predicate('x', before[1], after[1]));

it('takes a group back at once, and sends it in one request', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(twice(['age > 1', 'age > 2'], ['age > 8', 'age > 9']));
  await pass(500);
  expect(server.requests).toBe(1);
  expect([server.document.nodes.w?.if, server.document.nodes.x?.if]).toEqual(['age > 8', 'age > 9']);
  editor.undo();
  expect(editor.look().canUndo).toBe(false);
  await pass(500);
  expect(editor.look().document).toEqual(DOCUMENT);
  expect(server.document).toEqual(DOCUMENT);
});

it('takes no part of a group of which one cannot be taken', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(
    group('both', predicate('w', 'age > 1', 'age > 8'), predicate('gone', 'x', 'y')),
    predicate('x', 'age > 2', 'age > 9'),
  );
  await pass(1_000);
  expect([server.document.nodes.w?.if, server.document.nodes.x?.if]).toEqual(['age > 1', 'age > 9']);
  expect(editor.look().refused).toMatchObject([{ change: { kind: 'group', words: 'both' } }]);
  expect(editor.look()).toMatchObject({ status: 'saved', nWaiting: 0 });
});

it('asks about a group as a whole, and does what was decided', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(twice(['age > 1', 'age > 2'], ['age > 8', 'age > 9']));
  await server.save([{ setPredicate: { node: 'x', cel: 'age > 7' } }], 1);
  await pass(500);
  const [conflict] = editor.look().conflicts;
  expect(conflict?.theirs).toEqual(['age > 1', 'age > 7']);
  expect(server.document.nodes.w?.if).toBe('age > 1');
  editor.decide(conflict as never, 'mine');
  await pass(500);
  expect([server.document.nodes.w?.if, server.document.nodes.x?.if]).toEqual(['age > 8', 'age > 9']);
  expect(editor.look().conflicts).toEqual([]);
});

it('saves as a whole what no edit says, in its order among the others', async () => {
  const server = new Stored();
  const editor = await opened(server);
  editor.change(
    predicate('w', 'age > 1', 'age > 8'),
    { kind: 'flow', member: 'title', before: undefined, after: 'Roofs' },
    predicate('w', 'age > 8', 'age > 9'),
  );
  await server.save([{ setPredicate: { node: 'x', cel: 'age > 7' } }], 1);
  await pass(1_000);
  expect(server.document).toMatchObject({ title: 'Roofs', nodes: { w: { if: 'age > 9' }, x: { if: 'age > 7' } } });
  expect(editor.look()).toMatchObject({ status: 'saved', nWaiting: 0, conflicts: [] });
  editor.undo();
  editor.undo();
  await pass(1_000);
  expect(server.document).not.toHaveProperty('title');
  expect(server.document.nodes.w?.if).toBe('age > 8');
});
