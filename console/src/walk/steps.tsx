import { ChevronLeft, ChevronRight, TriangleAlert } from 'lucide-react';
import type { WalkStepFragment } from '../graphql/generated';
import { percent, words } from '../ui/format';
import { Bar, Card, Money, Sentence, StateChip } from '../ui/parts';

type Step = WalkStepFragment;

/** A walk that was computed again, or for the first time. */
export interface Walk {
  isReproduced: boolean;
  steps: Step[];
}

/** The walk step by step: by which nodes, with which probability, and why each other destination did not get the lead. */
export function Steps({
  walk,
  currency,
  step: at,
  onStep,
  whyNot,
  onWhyNot,
}: {
  walk: Walk | null | undefined;
  currency: string | undefined;
  step: number;
  onStep: (step: number) => void;
  whyNot: boolean;
  onWhyNot: (shown: boolean) => void;
}) {
  const step = walk?.steps[at];
  if (!walk || !step) {
    return (
      <Card title="Why">
        <p className="faint">The walk has no step yet.</p>
      </Card>
    );
  }
  const last = walk.steps.length - 1;
  return (
    <Card
      title={`Step ${at + 1} of ${last + 1}`}
      aside={
        <div className="stepper">
          <button
            type="button"
            className="plain icon"
            aria-label="Previous step"
            disabled={at === 0}
            onClick={() => onStep(at - 1)}
          >
            <ChevronLeft aria-hidden size={17} />
          </button>
          <button
            type="button"
            className="plain icon"
            aria-label="Next step"
            disabled={at === last}
            onClick={() => onStep(at + 1)}
          >
            <ChevronRight aria-hidden size={17} />
          </button>
        </div>
      }
    >
      {!walk.isReproduced && (
        <p className="problem" role="alert">
          <TriangleAlert aria-hidden size={18} />
          Running the decision again did not give the stored walk. What follows may be wrong; please report it.
        </p>
      )}
      <p className="lede">{sentence(step)}</p>
      <PathOf choices={step.choices} />
      {step.bids.length > 0 && <Bids step={step} currency={currency} />}
      <label className="toggle">
        <input type="checkbox" checked={whyNot} onChange={(event) => onWhyNot(event.target.checked)} />
        Why not the others <kbd>w</kbd>
      </label>
      <Candidates step={step} withReasons={whyNot} />
    </Card>
  );
}

/** The nodes that a step passed, each with what it saw. */
export function PathOf({ choices }: { choices: Step['choices'] }) {
  return (
    <ol className="path">
      {choices.map((choice) => (
        <li key={choice.node}>
          <span className="path-kind">{choice.kind}</span>
          <strong>{choice.node}</strong>
          {choice.to && <span className="path-to">to {choice.to}</span>}
          <span className="faint path-detail">
            <Sentence text={choice.detail} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What the step was and how likely, in words. */
export function sentence(step: Step): string {
  const chance = step.propensity >= 1 ? 'This was certain' : `The chance of this was ${percent(step.propensity)}`;
  const offered = step.candidates.find((candidate) => candidate.outcome === 'OFFERED');
  const what =
    step.kind === 'OFFER'
      ? `The lead was offered to ${offered?.destination ?? 'a destination'}.`
      : step.kind === 'PING'
        ? 'Destinations were asked what they would pay.'
        : 'The walk ended.';
  return `${what} ${chance}, given all that came before.`;
}

function Bids({ step, currency }: { step: Step; currency: string | undefined }) {
  return (
    <div className="table-wrap">
      <table>
        <caption>Bids, best first</caption>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col" className="right">
              Bid
            </th>
            <th scope="col" className="right">
              Net
            </th>
            <th scope="col">Rank</th>
          </tr>
        </thead>
        <tbody>
          {step.bids.map((bid) => (
            <tr key={bid.destination}>
              <th scope="row">{bid.destination}</th>
              <td className="right">
                <Money amount={bid.bid} currency={currency} />
              </td>
              <td className="right">
                <Money amount={bid.net} currency={currency} />
              </td>
              <td title={bid.detail}>{words(bid.rank)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Candidates({ step, withReasons }: { step: Step; withReasons: boolean }) {
  const candidates = [...step.candidates].sort(
    (a, b) => Number(b.outcome === 'OFFERED') - Number(a.outcome === 'OFFERED') || b.probability - a.probability,
  );
  const shown = withReasons ? candidates : candidates.filter((it) => it.outcome === 'OFFERED' || it.probability > 0);
  if (shown.length === 0) return <p className="faint">No destination could be offered the lead at this step.</p>;
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Outcome</th>
            <th scope="col">Chance</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((candidate) => (
            <tr key={candidate.destination}>
              <th scope="row">{candidate.destination}</th>
              <td>
                <StateChip state={candidate.outcome} />
              </td>
              <td>
                <span className="chance">
                  <Bar value={candidate.probability} max={1} label={`Chance of ${candidate.destination}`} />
                  <span className="number">{percent(candidate.probability)}</span>
                </span>
              </td>
              <td className="wrap">
                <Sentence text={candidate.detail} />
                {withReasons && candidate.criteria.length > 0 && <Criteria candidate={candidate} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The criteria of a destination part by part, each with its value for this lead. */
function Criteria({ candidate }: { candidate: Step['candidates'][number] }) {
  return (
    <ul className="criteria">
      {candidate.criteria.map(({ text, value, inputs }) => (
        <li key={text}>
          <span className={`verdict verdict-${value}`}>{value === null ? 'unknown' : value ? 'holds' : 'fails'}</span>
          <code>{text}</code>
          <span className="faint">
            {inputs.map((input) => `${input.name} = ${input.value ?? 'missing'}`).join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
