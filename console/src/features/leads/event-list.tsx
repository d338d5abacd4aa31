import { duration, instant } from '../../ui/format';
import { Money, StateChip, Time } from '../../ui/parts';
import type { LeadEvent } from './timeline';

/** What happened, in words and in order. Events of a step choose it. */
export function EventList({
  events,
  step,
  onStep,
}: {
  events: LeadEvent[];
  step: number;
  onStep: (step: number) => void;
}) {
  const begun = events[0] ? instant(events[0].at) : 0;
  return (
    <ol className="events">
      {events.map((event) => (
        <li key={event.id} className={event.step === step ? 'is-chosen' : undefined}>
          <span className="events-time">
            <Time at={event.at} precision="millisecond" />
            <span className="faint number">+{duration(instant(event.at) - begun)}</span>
          </span>
          <span className="events-title">
            {event.step === undefined ? (
              event.title
            ) : (
              <button type="button" className="plain" onClick={() => onStep(event.step ?? 0)}>
                {event.title}
              </button>
            )}
            {event.state && <StateChip state={event.state} />}
          </span>
          <span className="faint">{event.detail}</span>
          <span className="right">{event.amount && <Money amount={event.amount} currency={event.currency} />}</span>
        </li>
      ))}
    </ol>
  );
}
