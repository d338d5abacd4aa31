import { micros } from '../../ui/format';

export interface FlowPoint {
  source: string | null;
  destination: string | null;
  isRest: boolean;
  leads: number;
  revenue: string;
}

/** A name on one side of the picture, with its place and height from 0 to 1. */
export interface Side {
  name: string;
  /** Main units, to draw with; texts are made of the API's own amounts. */
  money: number;
  top: number;
  height: number;
}

/** A band from a source to a destination: where it begins and ends, and how thick it is. */
export interface Band {
  from: number;
  to: number;
  y1: number;
  y2: number;
  height: number;
  money: number;
}

export interface MoneyFlow {
  sources: Side[];
  destinations: Side[];
  bands: Band[];
}

/** Names on a side; all others are one. */
const NAMES_MAX = 8;
const OTHERS = 'all others';
/** Room between two names, as a part of the height. */
const GAP = 0.03;

/** Who brought the leads that destinations paid for. Bands are as thick as the money; what was taken back beyond what was
 * paid cannot be drawn and is left out. */
export function moneyFlowOf(points: readonly FlowPoint[]): MoneyFlow {
  const paid = points
    .map((point) => ({
      source: point.isRest ? OTHERS : (point.source ?? OTHERS),
      destination: point.isRest ? OTHERS : (point.destination ?? OTHERS),
      money: Number(micros(point.revenue)) / 1e6,
    }))
    .filter(({ money }) => money > 0);
  const names = (side: 'source' | 'destination') => {
    const sums = new Map<string, number>();
    for (const it of paid) sums.set(it[side], (sums.get(it[side]) ?? 0) + it.money);
    const own = [...sums].filter(([name]) => name !== OTHERS).sort(([, a], [, b]) => b - a);
    const isMore = own.length > NAMES_MAX || sums.has(OTHERS);
    return [...own.slice(0, NAMES_MAX).map(([name]) => name), ...(isMore ? [OTHERS] : [])];
  };
  const [left, right] = [names('source'), names('destination')];
  const place = (all: string[], name: string) => (all.includes(name) ? all.indexOf(name) : all.indexOf(OTHERS));
  const money = left.map(() => right.map(() => 0));
  for (const it of paid) {
    const row = money[place(left, it.source)];
    const at = place(right, it.destination);
    if (row) row[at] = (row[at] ?? 0) + it.money;
  }
  const sources = sidesOf(
    left,
    money.map((row) => row.reduce((a, b) => a + b, 0)),
  );
  const destinations = sidesOf(
    right,
    right.map((_, at) => money.reduce((sum, row) => sum + (row[at] ?? 0), 0)),
  );
  return { sources, destinations, bands: bandsOf(sources, destinations, money) };
}

/** Places in order, moved as little as keeps each pair apart and all of them inside, if there is room. */
export function spread(places: readonly number[], apart: number, size: number): number[] {
  const moved: number[] = [];
  places.forEach((place, at) => {
    moved.push(Math.max(place, at === 0 ? apart / 2 : (moved[at - 1] ?? 0) + apart));
  });
  for (let at = moved.length - 1; at >= 0; at--) {
    const most = at === moved.length - 1 ? size - apart / 2 : (moved[at + 1] ?? size) - apart;
    moved[at] = Math.min(moved[at] ?? 0, most);
  }
  return moved;
}

function sidesOf(names: string[], sums: number[]): Side[] {
  const total = sums.reduce((a, b) => a + b, 0);
  const room = 1 - GAP * Math.max(0, names.length - 1);
  let top = 0;
  return names.map((name, at) => {
    const height = total === 0 ? 0 : ((sums[at] ?? 0) / total) * room;
    const side = { name, money: sums[at] ?? 0, top, height };
    top += height + GAP;
    return side;
  });
}

function bandsOf(sources: Side[], destinations: Side[], money: number[][]): Band[] {
  const right = destinations.map(({ top }) => top);
  return sources.flatMap((source, from) => {
    let y1 = source.top;
    return destinations.flatMap((destination, to) => {
      const part = money[from]?.[to] ?? 0;
      if (part <= 0) return [];
      // Both sides have their own room between names, so a band is as thick as it is at the thinner end.
      const [thick1, thick2] = [(part / source.money) * source.height, (part / destination.money) * destination.height];
      const band = { from, to, y1, y2: right[to] ?? 0, height: Math.min(thick1, thick2), money: part };
      y1 += thick1;
      right[to] = (right[to] ?? 0) + thick2;
      return [band];
    });
  });
}
