import type { Graph, Step } from './model';

/** Sizes of what is drawn, in units of the drawing. */
export const CARD_WIDTH = 236;
export const HEAD_HEIGHT = 46;
export const PORT_HEIGHT = 24;
const FOOT = 8;
const COLUMN_GAP = 92;
const ROW_GAP = 26;
/** How often the order within the columns is improved. */
const SWEEPS = 12;

/** Most ports that a card shows; the panel of the node has all. */
export const PORTS_MAX = 10;

/** A step with its place. */
export interface Placed {
  step: Step;
  x: number;
  y: number;
  height: number;
}

export interface Edge {
  from: Placed;
  to: Placed;
  /** Position of the port. */
  port: number;
  /** Whether the label of its port says otherwise. */
  label: string;
}

export interface Layout {
  placed: Map<string, Placed>;
  edges: Edge[];
  width: number;
  height: number;
}

export function cardHeight(step: Step): number {
  const shown = Math.min(step.ports.length, PORTS_MAX) + (step.ports.length > PORTS_MAX ? 1 : 0);
  return HEAD_HEIGHT + shown * PORT_HEIGHT + FOOT;
}

/** Places the steps in columns: a step is right of all that lead to it, and ports keep their order.
 *
 * A pure function of the graph, so that equal flows are drawn equally. Ranks are longest paths from the root; the
 * order in a column begins as a depth-first walk meets the steps, and is improved by barycentres, of which the order
 * with the fewest crossings is kept. */
export function layOut(graph: Graph): Layout {
  const ranks = ranksOf(graph);
  const columns: string[][] = [];
  for (const name of graph.steps.keys()) {
    const rank = ranks.get(name) ?? 0;
    while (columns.length <= rank) columns.push([]);
    columns[rank]?.push(name);
  }
  const ordered = improve(graph, columns);
  const placed = new Map<string, Placed>();
  let height = 0;
  const tall = ordered.map((column) =>
    column.reduce((sum, name) => sum + cardHeight(graph.steps.get(name) as Step) + ROW_GAP, -ROW_GAP),
  );
  const tallest = Math.max(0, ...tall);
  ordered.forEach((column, rank) => {
    // Each column is centred on the tallest one.
    let y = (tallest - (tall[rank] ?? 0)) / 2;
    for (const name of column) {
      const step = graph.steps.get(name) as Step;
      placed.set(name, { step, x: rank * (CARD_WIDTH + COLUMN_GAP), y, height: cardHeight(step) });
      y += cardHeight(step) + ROW_GAP;
    }
    height = Math.max(height, y - ROW_GAP);
  });
  const edges: Edge[] = [];
  for (const from of placed.values()) {
    from.step.ports.forEach(({ to: name, label }, port) => {
      const to = placed.get(name);
      if (to) edges.push({ from, to, port: Math.min(port, PORTS_MAX), label });
    });
  }
  return { placed, edges, width: Math.max(0, columns.length * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP), height };
}

/** The longest way from the root to each step. A document that was not checked may have a circle: an edge back counts for
 * nothing. */
export function ranksOf(graph: Graph): Map<string, number> {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const back = new Set<string>();
  const visit = (name: string) => {
    state.set(name, 'open');
    for (const { to } of graph.steps.get(name)?.ports ?? []) {
      if (!graph.steps.has(to)) continue;
      if (state.get(to) === 'open') back.add(`${name}\n${to}`);
      else if (!state.has(to)) visit(to);
    }
    state.set(name, 'done');
    order.push(name);
  };
  if (graph.steps.has(graph.root)) visit(graph.root);
  const ranks = new Map(order.map((name) => [name, 0]));
  for (const name of order.reverse()) {
    for (const { to } of graph.steps.get(name)?.ports ?? []) {
      if (!graph.steps.has(to) || back.has(`${name}\n${to}`)) continue;
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(name) ?? 0) + 1));
    }
  }
  return ranks;
}

/** The order within columns with the fewest crossings that the sweeps met. */
function improve(graph: Graph, columns: string[][]): string[][] {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const step of graph.steps.values()) {
    const to = [...new Set(step.ports.map((port) => port.to))].filter((name) => graph.steps.has(name));
    children.set(step.name, to);
    for (const name of to) parents.set(name, [...(parents.get(name) ?? []), step.name]);
  }
  let best = columns.map((column) => [...column]);
  let fewest = crossings(graph, best);
  let current = best;
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const neighbours = sweep % 2 === 0 ? parents : children;
    const places = placesOf(current);
    current = current.map((column) => {
      const centre = (name: string): number => {
        const near = (neighbours.get(name) ?? []).map((other) => places.get(other) ?? 0);
        return near.length === 0 ? (places.get(name) ?? 0) : near.reduce((a, b) => a + b, 0) / near.length;
      };
      return [...column].sort((a, b) => centre(a) - centre(b));
    });
    const n = crossings(graph, current);
    if (n < fewest) {
      fewest = n;
      best = current;
    }
  }
  return best;
}

/** Places from 0 to 1 within columns. */
function placesOf(columns: string[][]): Map<string, number> {
  const places = new Map<string, number>();
  for (const column of columns) {
    column.forEach((name, at) => {
      places.set(name, (at + 0.5) / column.length);
    });
  }
  return places;
}

/** How many pairs of edges between neighbouring columns cross, counted by inversions. */
export function crossings(graph: Graph, columns: string[][]): number {
  const rank = new Map<string, number>();
  const at = new Map<string, number>();
  columns.forEach((column, n) => {
    column.forEach((name, place) => {
      rank.set(name, n);
      at.set(name, place);
    });
  });
  let total = 0;
  columns.forEach((column, n) => {
    // Edges in the order of where they begin; ports keep their order within a card.
    const ends = column.flatMap((name) =>
      (graph.steps.get(name)?.ports ?? []).filter(({ to }) => rank.get(to) === n + 1).map(({ to }) => at.get(to) ?? 0),
    );
    total += inversions(ends);
  });
  return total;
}

/** Pairs that stand in the wrong order; merge sort, so that 2,000 edges take no time. */
function inversions(values: number[]): number {
  if (values.length < 2) return 0;
  const middle = values.length >> 1;
  const left = values.slice(0, middle);
  const right = values.slice(middle);
  let n = inversions(left) + inversions(right);
  left.sort((a, b) => a - b);
  right.sort((a, b) => a - b);
  let passed = 0;
  for (const value of left) {
    while (passed < right.length && (right[passed] ?? 0) < value) passed++;
    n += passed;
  }
  return n;
}
