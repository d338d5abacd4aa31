import { expect, it } from 'vitest';
import { applied, type Change, currentAt, type Group, group, inverse, type Single, stands } from './changes';
import { editsOf } from './edits';
import { overTheirs, rebased } from './rebase';

const DOCUMENT = {
  flow: 'f',
  vertical: 'v',
  root: 'w',
  nodes: {
    w: { kind: 'when', if: 'age > 1', then: 'a', otherwise: 'b' },
    x: { kind: 'bandit', explore_ppm: 5, maximize: 'accepted', arms: [{ to: 'a' }, { to: 'b' }] },
    a: { kind: 'destination' },
    b: { kind: 'destination' },
  },
};

const node = { kind: 'reject', reason: 'no' };
const added: Single = { kind: 'node', node: 'n', before: null, after: node };
const led: Single = { kind: 'value', node: 'w', part: 'otherwise', before: 'b', after: 'n' };
const both: Change = { id: '1', ...group('a new node', added, led) };
const value = (part: string, before: unknown, after: unknown, of = 'x'): Single => ({
  kind: 'value',
  node: of,
  part,
  before,
  after,
});

it('applies, sends and takes back what belongs together', () => {
  const changed = applied(DOCUMENT, both);
  expect(changed.nodes.w?.otherwise).toBe('n');
  expect(stands(changed, both)).toBe(true);
  expect(applied(changed, inverse(both))).toEqual(DOCUMENT);
  expect(editsOf(DOCUMENT, both)).toEqual([
    { putNode: { name: 'n', node } },
    { setPort: { node: 'w', port: 'otherwise', to: 'n' } },
  ]);
  expect(stands(applied(changed, { ...led, before: 'n', after: 'a' } as Single), both)).toBe(false);
});

it('sends each part as it is after those before it', () => {
  const arms = [{ to: 'a' }];
  const twice = group(
    'less',
    value('arms', DOCUMENT.nodes.x.arms, arms),
    value('learning.window_hours', undefined, 24),
  );
  expect(editsOf(DOCUMENT, twice).at(-1)).toEqual({
    putNode: { name: 'x', node: { ...DOCUMENT.nodes.x, arms, learning: { window_hours: 24 } } },
  });
});

it('keeps a group where its places are as before, and drops what was saved', () => {
  const theirs = applied(DOCUMENT, value('if', 'age > 1', 'age > 7', 'w'));
  expect(rebased(theirs, [both])).toMatchObject({ kept: [both], conflicts: [] });
  expect(rebased(applied(theirs, both), [both])).toMatchObject({ kept: [], conflicts: [] });
  const half = rebased(applied(theirs, added), [both]);
  expect(half).toMatchObject({ kept: [{ id: '1', parts: [led] }], conflicts: [] });
});

it('keeps nothing of a group of which one place was changed, until somebody decides', () => {
  const theirs = applied(DOCUMENT, { ...led, after: 'a' } as Single);
  const { kept, conflicts, document } = rebased(theirs, [both]);
  expect(kept).toEqual([]);
  expect(document).toEqual(theirs);
  expect(conflicts).toEqual([{ change: both, theirs: [null, 'a'] }]);
  const mine = overTheirs(theirs, both) as Group;
  expect(applied(theirs, mine)).toEqual(applied(DOCUMENT, both));
  expect(applied(applied(theirs, mine), inverse(mine))).toEqual(theirs);
  const { w: _, ...nodes } = theirs.nodes;
  expect(overTheirs({ ...theirs, nodes }, both)).toBeNull();
});

it('moves rows within a group, wherever they went', () => {
  const row = (state: string, to = 'a') => ({ cells: [[state]], to });
  const table = (...rows: unknown[]) => ({
    ...DOCUMENT,
    nodes: { ...DOCUMENT.nodes, t: { kind: 'table', columns: ['state'], rows, otherwise: 'b' } },
  });
  const part: Single = {
    kind: 'row',
    node: 't',
    at: 0,
    before: row('CA'),
    after: row('CA', 'n'),
    above: null,
  };
  const change: Change = { id: '2', ...group('a row to a new node', added, part) };
  const { kept, conflicts } = rebased(table(row('TX'), row('CA')), [change]);
  expect(conflicts).toEqual([]);
  expect(kept).toMatchObject([{ parts: [{ kind: 'node' }, { kind: 'row', at: 1 }] }]);
});

it('renames on top of whatever somebody else did, and not where the name is taken', () => {
  const rename: Change = { id: '3', kind: 'rename', before: 'a', after: 'first' };
  const theirs = applied(DOCUMENT, value('otherwise', 'b', 'a', 'w'));
  const { kept, document } = rebased(theirs, [rename]);
  expect(kept).toEqual([rename]);
  expect(document.nodes.w).toMatchObject({ then: 'first', otherwise: 'first' });
  expect(applied(document, inverse(rename))).toEqual(theirs);
  expect(rebased(document, [rename])).toMatchObject({ kept: [], conflicts: [] });
  const taken = applied(theirs, { kind: 'node', node: 'first', before: null, after: node });
  const { conflicts } = rebased(taken, [rename]);
  expect(conflicts).toHaveLength(1);
  expect(overTheirs(taken, rename)).toBeNull();
  expect(editsOf(DOCUMENT, rename)).toEqual([
    { putNode: { name: 'w', node: { ...DOCUMENT.nodes.w, then: 'first' } } },
    { putNode: { name: 'x', node: { ...DOCUMENT.nodes.x, arms: [{ to: 'first' }, { to: 'b' }] } } },
    { putNode: { name: 'first', node: { kind: 'destination', destination: 'a' } } },
    { removeNode: 'a' },
  ]);
});

it('sets members that may be left out, and leaves no empty settings behind', () => {
  const hours = value('learning.half_life_hours', undefined, 48);
  const set = applied(DOCUMENT, hours);
  expect(currentAt(set, hours)).toBe(48);
  expect(applied(set, inverse(hours))).toEqual(DOCUMENT);
  // A member that somebody else set meanwhile is a conflict, and so is one of a node that is gone.
  expect(rebased(applied(DOCUMENT, { ...hours, after: 7 } as Single), [{ id: '4', ...hours }]).conflicts).toHaveLength(
    1,
  );
  const { x: _, ...nodes } = DOCUMENT.nodes;
  const gone = { ...DOCUMENT, nodes } as never;
  expect(rebased(gone, [{ id: '4', ...hours }]).conflicts).toHaveLength(1);
  expect(overTheirs(gone, hours)).toBeNull();
  expect(overTheirs(DOCUMENT, value('arms[7].to', 'a', 'b'))).toBeNull();
});
