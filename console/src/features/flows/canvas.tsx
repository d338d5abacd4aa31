import { Maximize, Minus, Plus } from 'lucide-react';
import { type CSSProperties, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { amount } from '../../ui/figures';
import { count, percent } from '../../ui/format';
import { useSize } from '../../ui/size';
import { useKeys } from '../../ui/use-keys';
import { CARD_WIDTH, type Edge, HEAD_HEIGHT, layOut, type Placed, PORT_HEIGHT, PORTS_MAX } from './layout';
import type { Graph, Port } from './model';
import { edgeKey, type Traffic, warmth } from './traffic';

/** What of the drawing is in sight: its left upper corner, and pixels for each unit. */
interface View {
  x: number;
  y: number;
  scale: number;
}

const SCALE_MIN = 0.08;
const SCALE_MAX = 1.6;
/** A flow opens no smaller than this: cards stay large enough to be pressed. */
const OPENED_SCALE_MIN = 0.46;
/** Below this, cards show no ports. */
const DETAIL_SCALE = 0.45;
const MARGIN = 24;

/** The graph. Only what is in sight is in the document, so that 500 steps cost no more than 50. */
export function Canvas({
  graph,
  chosen,
  lit,
  closed,
  overlay,
  onChoose,
}: {
  graph: Graph;
  chosen: string | undefined;
  /** Names of the steps that a lead passes, in order; the others step back. */
  lit?: string[];
  /** Names of the destinations that take nothing now. */
  closed?: ReadonlySet<string>;
  /** What went through it, and which side of that is drawn. */
  overlay?: Drawing | undefined;
  onChoose: (name: string) => void;
}) {
  const layout = useMemo(() => layOut(graph), [graph]);
  const { box, size } = useSize<HTMLDivElement>();
  const [moved, setMoved] = useState<View | null>(null);
  const view = moved ?? fit(layout.width, layout.height, size, OPENED_SCALE_MIN);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);
  useWheel(box, (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const { left, top } = box.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
      setMoved(zoomed(view, Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top));
    }
  });
  const fitAll = () => setMoved(fit(layout.width, layout.height, size, SCALE_MIN));
  useKeys({ f: fitAll });
  const card = chosen === undefined ? undefined : layout.placed.get(chosen);
  // Whoever chooses a step by its name, or by a link to it, sees it; where the drawing is moved to afterwards it stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is where it was moved to
  useEffect(() => {
    if (card && size.width > 0 && !isInside(card, view, size)) setMoved(centred(card, view, size));
  }, [card, size.width, size.height]);
  const seen = (it: Placed) => {
    const [left, top] = [(it.x - view.x) * view.scale, (it.y - view.y) * view.scale];
    const [width, height] = [CARD_WIDTH * view.scale, it.height * view.scale];
    return (
      left < size.width * 1.5 &&
      left + width > -size.width / 2 &&
      top < size.height * 1.5 &&
      top + height > -size.height / 2
    );
  };
  const cards = [...layout.placed.values()].filter(seen);
  const edges = layout.edges.filter(({ from, to }) => seen(from) || seen(to));
  const zoom = (factor: number) => setMoved(zoomed(view, factor, size.width / 2, size.height / 2));
  return (
    <div className="canvas-frame">
      <div className="canvas-tools">
        <button type="button" className="plain icon" aria-label="Zoom in" onClick={() => zoom(1.25)}>
          <Plus aria-hidden size={16} />
        </button>
        <button type="button" className="plain icon" aria-label="Zoom out" onClick={() => zoom(0.8)}>
          <Minus aria-hidden size={16} />
        </button>
        <button type="button" className="plain icon" aria-label="Fit the whole flow" onClick={fitAll}>
          <Maximize aria-hidden size={16} />
        </button>
      </div>
      <div
        ref={box}
        className="canvas"
        onPointerDown={(event: PointerEvent) => {
          if ((event.target as Element).closest('button')) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, view };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from) return;
          setMoved({
            ...from.view,
            x: from.view.x - (event.clientX - from.x) / from.view.scale,
            y: from.view.y - (event.clientY - from.y) / from.view.scale,
          });
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
      >
        <svg width={size.width} height={size.height} aria-hidden>
          <g transform={`scale(${view.scale}) translate(${-view.x} ${-view.y})`}>
            {edges.map((edge) => (
              <path
                key={`${edge.from.step.name} ${edge.port} ${edge.to.step.name}`}
                className={isOnWay(edge, lit) ? 'edge is-lit' : 'edge'}
                style={widthOf(edge, overlay)}
                d={pathOf(edge)}
              />
            ))}
          </g>
        </svg>
        {cards.map((card) => (
          <CardOfStep
            key={card.step.name}
            card={card}
            view={view}
            graph={graph}
            isChosen={card.step.name === chosen}
            closed={closed}
            overlay={overlay}
            light={lit ? (lit.includes(card.step.name) ? 'is-lit' : 'is-dim') : ''}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}

function CardOfStep({
  card,
  view,
  graph,
  isChosen,
  light,
  closed,
  overlay,
  onChoose,
}: {
  card: Placed;
  view: View;
  graph: Graph;
  isChosen: boolean;
  light: string;
  closed: ReadonlySet<string> | undefined;
  overlay: Drawing | undefined;
  onChoose: (name: string) => void;
}) {
  const { step } = card;
  const leads = overlay?.traffic.nodes.get(step.name);
  const hasDetail = view.scale >= DETAIL_SCALE;
  return (
    <button
      type="button"
      className={`step ${isChosen ? 'is-chosen' : ''} ${overlay?.kind === 'whynot' && leads ? 'is-turning' : ''} ${hasDetail ? '' : 'is-far'} ${light}`}
      aria-pressed={isChosen}
      style={{
        width: CARD_WIDTH,
        height: card.height,
        transform: `translate(${(card.x - view.x) * view.scale}px, ${(card.y - view.y) * view.scale}px) scale(${view.scale})`,
      }}
      onClick={() => onChoose(step.name)}
    >
      <span className="step-head">
        <span className={`kind kind-${step.kind}`}>{step.kind}</span>
        <strong>{step.name}</strong>
        <span className="step-summary">{leads === undefined ? step.summary : leadsWords(leads, overlay)}</span>
      </span>
      {hasDetail &&
        step.ports
          .slice(0, PORTS_MAX)
          .map((port, at) => (
            <PortRow key={at} port={port} graph={graph} closed={closed} flown={flownOf(step.name, at, overlay)} />
          ))}
      {hasDetail && step.ports.length > PORTS_MAX && (
        <span className="port faint">and {step.ports.length - PORTS_MAX} more</span>
      )}
    </button>
  );
}

/** An overlay: what went through the flow, and which side of that is drawn. */
export interface Drawing {
  kind: 'traffic' | 'money' | 'whynot';
  traffic: Traffic;
}

function leadsWords(leads: number, overlay: Drawing | undefined): string {
  const n = `${count(leads)} ${leads === 1 ? 'lead' : 'leads'}`;
  return overlay?.kind === 'whynot' ? `led ${n} elsewhere` : n;
}

/** Widths of edges that carry nobody and everybody, in pixels. */
const EDGE_MIN = 1.6;
const EDGE_MAX = 14;

/** The width of an edge by the leads that it carried. */
function widthOf({ from, port }: Edge, overlay: Drawing | undefined) {
  if (!overlay || overlay.traffic.leads === 0) return undefined;
  const leads = overlay.traffic.edges.get(edgeKey(from.step.name, port));
  if (leads === undefined) return undefined;
  return { strokeWidth: EDGE_MIN + (EDGE_MAX - EDGE_MIN) * Math.min(1, leads / overlay.traffic.leads) };
}

interface Flown {
  words: string;
  /** From 0 to 1; null for too few leads. Absent where only leads are told. */
  heat?: number | null;
}

/** What a port of a node that draws is told to have carried. */
function flownOf(node: string, port: number, overlay: Drawing | undefined): Flown | undefined {
  const flown = overlay?.traffic.ports.get(node)?.[port];
  if (!overlay || !flown) return undefined;
  if (overlay.kind === 'traffic') return { words: `${count(flown.leads)}, ${percent(flown.share)}` };
  return {
    words: flown.perLead === null ? 'nothing yet' : `${amount(flown.perLead, overlay.traffic.currency)} a lead`,
    heat: warmth(flown, overlay.traffic),
  };
}

function PortRow({
  port,
  graph,
  closed,
  flown,
}: {
  port: Port;
  graph: Graph;
  closed: ReadonlySet<string> | undefined;
  flown: Flown | undefined;
}) {
  const leaf = graph.leaves.get(port.to);
  const isClosed = leaf?.kind === 'destination' && closed?.has(leaf.label);
  const isNamed = leaf?.kind === 'destination' && leaf.label === port.label;
  return (
    <span
      className={flown?.heat === undefined ? 'port' : flown.heat === null ? 'port heat-few' : 'port heat'}
      style={flown?.heat == null ? undefined : ({ '--heat': `${Math.round(flown.heat * 100)}%` } as CSSProperties)}
    >
      {!isNamed && <span className="port-label">{port.label}</span>}
      {flown && <span className="number">{flown.words}</span>}
      {!flown && port.weightPpm !== undefined && <span className="number">{percent(port.weightPpm / 1e6)}</span>}
      {leaf && (
        <span className={`leaf leaf-${leaf.kind} ${isClosed ? 'is-closed' : ''}`}>
          {leaf.kind === 'reject' ? 'decline' : leaf.label}
          {isClosed && <span className="visually-hidden">, takes nothing now</span>}
        </span>
      )}
    </span>
  );
}

/** Whether a lead goes this way: from one step of its way to the next. */
function isOnWay({ from, to }: Edge, lit: string[] | undefined): boolean {
  return lit?.some((name, at) => name === from.step.name && lit[at + 1] === to.step.name) ?? false;
}

/** From the port on the right of a card to the head of the next. */
function pathOf({ from, to, port }: Edge): string {
  const x1 = from.x + CARD_WIDTH;
  const y1 = from.y + HEAD_HEIGHT + (port + 0.5) * PORT_HEIGHT;
  const x2 = to.x;
  const y2 = to.y + HEAD_HEIGHT / 2;
  const bend = Math.max(36, (x2 - x1) / 2);
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
}

/** The view that shows the whole drawing, as large as it goes; or its beginning, where that would be smaller than
 * `least`. */
function fit(width: number, height: number, size: { width: number; height: number }, least: number): View {
  const room = { width: Math.max(1, size.width - 2 * MARGIN), height: Math.max(1, size.height - 2 * MARGIN) };
  const scale = Math.max(least, Math.min(1, room.width / Math.max(1, width), room.height / Math.max(1, height)));
  const x = width * scale > room.width ? -MARGIN / scale : (width - size.width / scale) / 2;
  return { x, y: (height - size.height / scale) / 2, scale };
}

/** Whether the head of a card is in sight. */
function isInside({ x, y }: Placed, view: View, size: { width: number; height: number }): boolean {
  const [left, top] = [(x - view.x) * view.scale, (y - view.y) * view.scale];
  const [width, height] = [CARD_WIDTH * view.scale, HEAD_HEIGHT * view.scale];
  return left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height;
}

/** The view with a card in its middle, large enough to be read. */
function centred({ x, y, height }: Placed, view: View, size: { width: number; height: number }): View {
  const scale = Math.max(view.scale, OPENED_SCALE_MIN);
  return {
    scale,
    x: x + CARD_WIDTH / 2 - size.width / scale / 2,
    y: y + Math.min(height / 2, size.height / scale / 3) - size.height / scale / 2,
  };
}

/** A view zoomed by a factor about a point of the box. */
function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, view.scale * factor));
  return { scale, x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale };
}

/** React listens for the wheel without a right to stop it: this listener has it. */
function useWheel(box: React.RefObject<HTMLDivElement | null>, onWheel: (event: WheelEvent) => void) {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = box.current;
    const listen = (event: WheelEvent) => latest.current(event);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [box]);
}
