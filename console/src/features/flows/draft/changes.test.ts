import { expect, it } from 'vitest';
import { applied, appliedAll, type Change, currentAt, inverse, isSame, rowsOf, type Single } from './changes';
import { editsOf } from './edits';
import { overTheirs, rebased } from './rebase';

const row = (state: string, to = 'a') => ({ cells: [[state]], to });

const DOCUMENT = {
  flow: 'f',
  vertical: 'v',
  root: 't',
  nodes: {
    t: { kind: 'table', columns: ['state'], rows: [row('CA'), row('TX'), row('NY')], otherwise: 's' },
    s: {
      kind: 'split',
      arms: [
        { to: 'a', weight_ppm: 400_000 },
        { name: 'bee', to: 'b', weight_ppm: 600_000 },
      ],
    },
    w: { kind: 'when', if: 'age > 1', then: 'a', otherwise: 'b' },
    q: { kind: 'scorecard', points: [{ if: 'age > 2', points: 4 }] },
    a: { kind: 'destination', destination: 'acme' },
    b: { kind: 'destination' },
  },
};

const predicate: Single & { id: string } = {
  id: '1',
  kind: 'value',
  node: 'w',
  part: 'if',
  before: 'age > 1',
  after: 'age > 9',
};
const weights: Single & { id: string } = {
  id: '2',
  kind: 'weights',
  node: 's',
  before: { acme: 400_000, bee: 600_000 },
  after: { acme: 100_000, bee: 900_000 },
};
const texas: Single & { id: string } = {
  id: '3',
  kind: 'row',
  node: 't',
  at: 1,
  before: row('TX'),
  after: row('TX', 'b'),
  above: row('CA'),
};
const added: Single & { id: string } = {
  id: '4',
  kind: 'row',
  node: 't',
  at: 2,
  before: null,
  after: row('WA'),
  above: row('TX', 'b'),
};
const removed: Single & { id: string } = {
  id: '5',
  kind: 'row',
  node: 't',
  at: 2,
  before: row('NY'),
  after: null,
  above: row('TX'),
};

it('applies changes without touching the document, and takes them back', () => {
  const before = structuredClone(DOCUMENT);
  for (const change of [predicate, weights, texas, added, removed]) {
    const changed = applied(DOCUMENT, change);
    expect(isSame(changed, DOCUMENT)).toBe(false);
    expect(isSame(applied(changed, inverse(change)), DOCUMENT)).toBe(true);
  }
  expect(DOCUMENT).toEqual(before);
});

it('says each change as the edit of the API', () => {
  expect(editsOf(DOCUMENT, predicate)).toEqual([{ setPredicate: { node: 'w', cel: 'age > 9' } }]);
  expect(editsOf(DOCUMENT, weights)).toEqual([
    {
      setWeights: {
        node: 's',
        weights: [
          { arm: 'acme', weightPpm: 100_000 },
          { arm: 'bee', weightPpm: 900_000 },
        ],
      },
    },
  ]);
  expect(editsOf(DOCUMENT, added)).toEqual([
    { insertTableRow: { node: 't', row: 2, cells: [['WA']], if: null, to: 'a' } },
  ]);
  expect(editsOf(DOCUMENT, removed)).toEqual([{ removeTableRow: { node: 't', row: 2 } }]);
  const points: Single & { id: string } = {
    id: '6',
    kind: 'value',
    node: 'q',
    part: 'points[0].points',
    before: 4,
    after: 5,
  };
  expect(editsOf(DOCUMENT, points)).toEqual([{ setPoints: { node: 'q', entry: 0, points: 5 } }]);
  const port: Single & { id: string } = {
    id: '7',
    kind: 'value',
    node: 's',
    part: 'arms[1].to',
    before: 'b',
    after: 'w',
  };
  expect(editsOf(DOCUMENT, port)).toEqual([{ setPort: { node: 's', port: 'arms[1].to', to: 'w' } }]);
});

it('keeps changes of other places, and finds rows wherever they went', () => {
  const theirs = applied(DOCUMENT, {
    kind: 'row',
    node: 't',
    at: 0,
    before: null,
    after: row('OR'),
    above: null,
  });
  const { kept, conflicts, document } = rebased(theirs, [predicate, weights, texas, added]);
  expect(conflicts).toEqual([]);
  expect(kept).toHaveLength(4);
  expect(rowsOf(document, 't').map(({ cells }) => String(cells[0]))).toEqual(['OR', 'CA', 'TX', 'WA', 'NY']);
  expect(rowsOf(document, 't')[2]?.to).toBe('b');
  expect(document.nodes.w?.if).toBe('age > 9');
});

it('names a conflict where both changed the same place, and loses neither', () => {
  const theirs = appliedAll(DOCUMENT, [
    { ...predicate, after: 'age > 3' } as Change,
    { ...texas, after: row('TX', 'w') } as Change,
  ]);
  const { kept, conflicts } = rebased(theirs, [predicate, texas, weights]);
  expect(kept).toEqual([weights]);
  expect(conflicts.map(({ theirs: found }) => found)).toEqual(['age > 3', row('TX', 'w')]);
  const mine = overTheirs(theirs, predicate) as Change;
  expect(applied(theirs, mine).nodes.w?.if).toBe('age > 9');
  const { w: _, ...nodes } = DOCUMENT.nodes;
  const gone = rebased({ ...DOCUMENT, nodes } as never, [predicate]);
  expect(gone.conflicts).toHaveLength(1);
  expect(overTheirs({ ...DOCUMENT, nodes } as never, predicate)).toBeNull();
});

it('drops what was saved already: the answer was lost, not the change', () => {
  const saved = appliedAll(DOCUMENT, [predicate, weights, texas, added]);
  expect(rebased(saved, [predicate, weights, texas, added])).toMatchObject({ kept: [], conflicts: [] });
});

it('loses no change, whatever somebody else did meanwhile', () => {
  const mine = [predicate, weights, texas, added, removed];
  let seed = 7;
  const random = (n: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % n;
  };
  for (let round = 0; round < 500; round++) {
    let theirs: typeof DOCUMENT = structuredClone(DOCUMENT);
    for (let n = random(4); n >= 0; n--) {
      const rows = rowsOf(theirs, 't');
      const at = random(rows.length + 1);
      const others: Change[] = [
        { ...predicate, id: 'o', after: `age > ${random(4)}` } as Change,
        { ...weights, id: 'o', after: { acme: random(1_000_000), bee: 1 } } as Change,
        { id: 'o', kind: 'row', node: 't', at, before: null, after: row(`S${random(9)}`), above: rows[at - 1] ?? null },
        { id: 'o', kind: 'row', node: 't', at, before: rows[at] ?? null, after: null, above: null },
      ];
      const other = others[random(others.length)] as Change;
      if (other.kind === 'row' && other.before === null && other.after === null) continue;
      theirs = applied(theirs, other) as typeof DOCUMENT;
    }
    const { kept, conflicts, document } = rebased(theirs, mine);
    for (const change of mine) {
      const isKept = kept.some(({ id }) => id === change.id) || conflicts.some((it) => it.change.id === change.id);
      // A change that is neither was made by somebody else as well.
      if (isKept) continue;
      if (change.kind === 'row') {
        const texts = rowsOf(document, 't').map((it) => JSON.stringify(it));
        if (change.after === null) expect(texts).not.toContain(JSON.stringify(change.before));
        else expect(texts).toContain(JSON.stringify(change.after));
      } else expect(isSame(currentAt(document, change), change.after)).toBe(true);
    }
  }
});
