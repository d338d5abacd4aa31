import { expect, it } from 'vitest';
import type { FlowDocument } from '../../../graphql/flow-document';
import { nameMistake, renameMistake } from './node-names';
import { inText, renamed, targetsOf } from './renamed';

const DOCUMENT: FlowDocument = {
  flow: 'f',
  vertical: 'v',
  root: 'gate',
  nodes: {
    gate: { kind: 'when', if: 'quality > 1 && has(quality)', then: 'halves', otherwise: 'acme' },
    halves: {
      kind: 'split',
      arms: [
        { to: 'deep', weight_ppm: 400_000 },
        { to: 'acme', weight_ppm: 600_000 },
      ],
    },
    deep: {
      kind: 'table',
      columns: ['quality', 'state'],
      rows: [
        { cells: [null, ['CA']], to: 'acme' },
        { cells: [null, null], if: 'ratio < quality', to: 'last' },
      ],
      otherwise: 'cases',
    },
    cases: { kind: 'switch', on: 'quality', cases: [{ in: [1], to: 'acme' }], otherwise: 'last' },
    last: { kind: 'waterfall', to: ['acme', 'ask'] },
    ask: { kind: 'auction', bidders: [{ to: 'acme' }], deadline_ms: 500 },
    quality: { kind: 'scorecard', points: [{ if: "state == 'quality'", points: 3 }] },
    ratio: { kind: 'derive', value: 'quality * 2', default: null },
    acme: { kind: 'destination' },
  },
};

it('leads every port to the new name, and back again', () => {
  const ways: [string, string][] = [
    ['gate', 'start'],
    ['deep', 'deeper'],
    ['acme', 'buyer'],
    ['quality', 'score'],
    ['last', 'end'],
  ];
  for (const [from, to] of ways) {
    const after = renamed(DOCUMENT, from, to);
    expect(after.nodes[from]).toBeUndefined();
    const ports = Object.values(after.nodes).flatMap(targetsOf);
    expect(ports).not.toContain(from);
    expect(ports.every((port) => after.nodes[port] !== undefined)).toBe(true);
    expect(renamed(after, to, from)).toEqual(DOCUMENT);
  }
  expect(renamed(DOCUMENT, 'gate', 'start').root).toBe('start');
  expect(renamed(DOCUMENT, 'gate', 'deep')).toBe(DOCUMENT);
});

it('keeps the destination and the names of arms', () => {
  const acme = renamed(DOCUMENT, 'acme', 'buyer');
  expect(acme.nodes.buyer).toEqual({ kind: 'destination', destination: 'acme' });
  expect(acme.nodes.halves?.arms).toEqual([
    { to: 'deep', weight_ppm: 400_000 },
    { to: 'buyer', weight_ppm: 600_000 },
  ]);
  expect(renamed(DOCUMENT, 'deep', 'deeper').nodes.halves?.arms).toEqual([
    { name: 'deep', to: 'deeper', weight_ppm: 400_000 },
    { to: 'acme', weight_ppm: 600_000 },
  ]);
});

it('reads a value by its new name in predicates, columns, cases and computations', () => {
  const { nodes } = renamed(DOCUMENT, 'quality', 'score');
  expect(nodes.gate?.if).toBe('score > 1 && has(score)');
  expect(nodes.deep).toMatchObject({ columns: ['score', 'state'], rows: [{}, { if: 'ratio < score' }] });
  expect(nodes.cases?.on).toBe('score');
  expect(nodes.ratio?.value).toBe('score * 2');
  expect(nodes.score).toEqual(DOCUMENT.nodes.quality);
});

it('leaves alone what only looks like the name', () => {
  const text = `a == "a" && b.a('a') && a(1) > a // a\n|| r"a\\" == 'it\\'s a' && aa != a`;
  expect(inText(text, 'a', 'z')).toBe(`z == "a" && b.a('a') && a(1) > z // a\n|| r"a\\" == 'it\\'s a' && aa != z`);
  expect(inText("a == 'b", 'a', 'z')).toBeNull();
});

it('says why a name cannot be taken', () => {
  const columns = [{ name: 'state', kind: 'region', labels: null }];
  const mistake = (name: string, kind = 'when') => nameMistake(DOCUMENT, name, kind, columns);
  expect(mistake('by state')).toContain('letters, digits');
  expect(mistake('gate')).toContain('already');
  expect(mistake('by-state.2')).toBeNull();
  expect(mistake('by-state', 'derive')).toContain('predicates read a derive');
  expect(mistake('state', 'scorecard')).toContain('field');
  expect(renameMistake(DOCUMENT, 'quality', 'ratio')).toContain('already');
  expect(renameMistake(DOCUMENT, 'quality', 'score')).toBeNull();
  const broken = {
    ...DOCUMENT,
    nodes: { ...DOCUMENT.nodes, gate: { ...DOCUMENT.nodes.gate, kind: 'when', if: "quality > '" } },
  };
  expect(renameMistake(broken, 'quality', 'score')).toContain('mend it first');
});
