import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { CancelReplay, StartReplay, SweepReplay, type SweepReplayQuery } from '../../../graphql/generated';
import type { ReplayScenario } from '../../../graphql/replay-report';
import { useAsk } from '../../../graphql/use-ask';
import { useChange } from '../../../graphql/use-change';
import { Choice } from '../../../ui/choice';
import { FormProblems, mistakesAt, otherMistakes, TextField } from '../../../ui/form';
import { count, percent } from '../../../ui/format';
import { useNow } from '../../../ui/now';
import { Bar, Sentence } from '../../../ui/parts';
import { STATES } from '../../../ui/replay-words';
import { capital } from '../../../ui/sentences';
import { useWork } from './context';
import { EarnCurve } from './earn-curve';
import { IconButton } from './fields';
import {
  isAbout,
  isShare,
  numberAt,
  numberChange,
  numberWords,
  rangeAround,
  readBound,
  typedBound,
} from './swept-numbers';

/** Numbers that are tried at once: each is a replay. */
const POINTS = 21;
/** How often a replay under way is looked at, in milliseconds. */
const LOOK_MS = 500;
const DAY_MICROS = 86_400_000_000;
const RANGES = ['7', '30', '90', 'all'] as const;
const WINDOWS = ['0', '1', '7', '30'] as const;

/** What another number in the place of one that decides would have earned: asked of past leads, read by dragging. */
export function Earnings({ node }: { node: string }) {
  const { document } = useWork();
  const { number, replay } = useSearch({ from: '/shell/flows/$flow/draft' });
  const value = number === undefined ? null : numberAt(document, node, number);
  if (number === undefined) return null;
  return <Panel key={`${node} ${number}`} node={node} place={number} value={value} replay={replay} />;
}

function Panel({
  node,
  place,
  value,
  replay,
}: {
  node: string;
  place: string;
  /** None if the number is not there any more. */
  value: string | null;
  replay: string | undefined;
}) {
  const navigate = useNavigate({ from: '/flows/$flow/draft' });
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => heading.current?.focus(), []);
  const close = () => {
    globalThis.document.querySelector<HTMLElement>(`[data-earns="${CSS.escape(place)}"]`)?.focus();
    void navigate({ search: { node }, replace: true, resetScroll: false });
  };
  return (
    <section className="earnings" aria-labelledby={id}>
      <header>
        <h3 id={id} ref={heading} tabIndex={-1}>
          What would another number than {value === null ? 'this' : numberWords(place, value)} earn?
        </h3>
        <IconButton icon={X} label="Close" onPress={close} />
      </header>
      {value === null ? (
        <p className="note">The number is not there any more.</p>
      ) : (
        <Asked node={node} place={place} value={value} replay={replay} />
      )}
    </section>
  );
}

function Asked({
  node,
  place,
  value,
  replay,
}: {
  node: string;
  place: string;
  value: string;
  replay: string | undefined;
}) {
  const navigate = useNavigate({ from: '/flows/$flow/draft' });
  const [isOver, setOver] = useState(false);
  const asked = useAsk(
    SweepReplay,
    { id: replay ?? '' },
    { enabled: replay !== undefined, poll: !isOver, pollMs: LOOK_MS },
  );
  // What was asked before is kept while the next one is looked for, and is another's.
  const found = asked.data?.simulation?.id === replay ? (asked.data?.simulation ?? null) : null;
  const state = found?.state;
  useEffect(() => setOver(state === 'DONE' || state === 'FAILED' || state === 'CANCELLED'), [state]);
  const isUnderWay = replay !== undefined && (state === 'PENDING' || state === 'RUNNING');
  return (
    <>
      {!isUnderWay && (
        <Question
          key={found?.id}
          node={node}
          place={place}
          value={value}
          before={found?.scenario ?? null}
          onAsked={(id) => {
            setOver(false);
            void navigate({ search: { node, number: place, replay: id }, replace: true, resetScroll: false });
          }}
        />
      )}
      {replay !== undefined && asked.isSuccess && asked.data?.simulation === null && (
        <p className="note">There is no such replay any more.</p>
      )}
      {asked.error && <p className="problem">The server does not answer; it is asked again.</p>}
      {found && isUnderWay && <UnderWay of={found} />}
      {found && !isUnderWay && <Ended of={found} node={node} place={place} value={value} />}
    </>
  );
}

/** From where to where, and over which leads. */
function Question({
  node,
  place,
  value,
  before,
  onAsked,
}: {
  node: string;
  place: string;
  value: string;
  /** What was asked last. */
  before: ReplayScenario | null;
  onAsked: (id: string) => void;
}) {
  const { document } = useWork();
  const now = useNow();
  const [[from, to], setRange] = useState(() => {
    const { sweep } = before ?? {};
    return sweep ? [typedBound(place, sweep.from), typedBound(place, sweep.to)] : rangeAround(place, value);
  });
  const [days, setDays] = useState(() => rangeOf(before, now));
  const [window, setWindow] = useState(
    () => WINDOWS.find((it) => Number(it) === (before?.attribution_window_days ?? 30)) ?? '30',
  );
  const change = useChange(StartReplay, (answer) => answer.startSimulation);
  const unit = isShare(place) ? '%' : undefined;
  const send = async () => {
    const made = await change.send({
      input: {
        scenario: {
          flow: document.flow,
          candidate: document,
          baseline: 'candidate',
          ...(days === 'all' ? {} : { from: Math.round(now * 1_000 - Number(days) * DAY_MICROS) }),
          attribution_window_days: Number(window),
        },
        sweep: {
          parameter: `${node}.${place}`,
          from: readBound(place, from),
          to: readBound(place, to),
          points: POINTS,
        },
      },
    });
    if (made?.simulation) onAsked(made.simulation.id);
  };
  const bound = (label: string, at: 'from' | 'to', text: string, onText: (next: string) => void) => (
    <TextField
      label={label}
      kind="number"
      {...(unit ? { unit } : {})}
      value={text}
      onChange={onText}
      mistakes={mistakesAt(change.mistakes, `sweep.${at}`)}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      noValidate
    >
      <p className="faint">
        Past leads are weighed by how likely the draft would have sent them the same way with each number. Nothing is
        sent to anybody.
      </p>
      <div className="field-row">
        {bound('From', 'from', from, (next) => setRange([next, to]))}
        {bound('To', 'to', to, (next) => setRange([from, next]))}
        <Choice
          label="Leads of the last"
          value={days}
          options={RANGES}
          show={(it) => (it === 'all' ? 'time that is stored' : `${it} days`)}
          isRequired
          onChange={(next) => setDays(next ?? '30')}
        />
        <Choice
          label="A lead may bring money for"
          value={window}
          options={WINDOWS}
          show={(it) => (it === '0' ? 'its first moment alone' : `${it} ${it === '1' ? 'day' : 'days'}`)}
          isRequired
          onChange={(next) => setWindow(next ?? '30')}
        />
        <button type="submit" className="button" disabled={change.isBusy}>
          {before ? `Ask again for ${POINTS} numbers` : `Ask for ${POINTS} numbers`}
        </button>
      </div>
      <FormProblems mistakes={otherMistakes(change.mistakes, 'sweep.from', 'sweep.to')} fault={change.fault} />
    </form>
  );
}

/** The range of leads that was asked for, as long as it is about that far in the past. */
function rangeOf(before: ReplayScenario | null, now: number): (typeof RANGES)[number] {
  if (!before) return '30';
  if (before.from === undefined || before.from === null) return 'all';
  const days = (now * 1_000 - before.from) / DAY_MICROS;
  return RANGES.find((it) => Math.abs(Number(it) - days) < 1) ?? '30';
}

type Replay = NonNullable<SweepReplayQuery['simulation']>;

function UnderWay({ of: { id, state, progress, scenario } }: { of: Replay }) {
  const change = useChange(CancelReplay, (answer) => answer.cancelSimulation);
  const n = scenario.sweep?.points ?? POINTS;
  const words = `${percent(progress)} of the replays of ${count(n)} numbers`;
  return (
    <div className="earnings-progress">
      <p role="status">{state === 'PENDING' ? 'It waits for its turn.' : 'Past leads are replayed.'}</p>
      <Bar value={progress} max={1} label={words} />
      <span className="number faint">{words}</span>
      <button
        type="button"
        className="button"
        disabled={change.isBusy}
        onClick={() => void change.send({ input: { id } })}
      >
        Cancel
      </button>
      <FormProblems mistakes={change.mistakes} fault={change.fault} />
    </div>
  );
}

function Ended({ of, node, place, value }: { of: Replay; node: string; place: string; value: string }) {
  const { document, editor } = useWork();
  const { state, error, sweep, scenario, report } = of;
  if (error) {
    return (
      <p className="note" role="status">
        <Sentence text={capital(error)} />.
      </p>
    );
  }
  if (!sweep) return <p className="note">The replay was {STATES[state]}: there is nothing to be seen.</p>;
  if (sweep.parameter !== `${node}.${place}`) return <p className="note">That replay was about another number.</p>;
  // Apart from the number itself, the curve is about the draft that was asked about.
  const isSame = isAbout(document, node, place, { present: sweep.present, candidate: scenario.candidate });
  const leftOut = report?.maturity?.left_out ?? 0;
  return (
    <>
      {!isSame && (
        <p className="note">The draft has been changed elsewhere since: ask again to see what holds for it now.</p>
      )}
      {leftOut > 0 && (
        <p className="note">
          {count(leftOut)} {leftOut === 1 ? 'lead is' : 'leads are'} left out: what they still bring is not known.
        </p>
      )}
      <EarnCurve
        key={of.id}
        of={sweep}
        place={place}
        value={value}
        onUse={(next) => {
          const change = numberChange(document, node, place, next);
          if (change) editor.change(change);
        }}
      />
    </>
  );
}
