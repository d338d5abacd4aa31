import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { Tour as TourOperation } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { type TourAt, usePreferences } from '../../ui/preferences';
import { tourOf } from './steps';

/** A card that leads through the market, one thing at a time, and stays while one looks around. */
export function Tour() {
  const { tour, setTour } = usePreferences();
  const asked = useAsk(TourOperation, {}, { enabled: tour !== 'off', staleMs: Number.POSITIVE_INFINITY });
  const navigate = useNavigate();
  if (tour === 'off' || !asked.data) return null;
  const steps = tourOf(asked.data);
  const at = Number(tour) - 1;
  const step = steps[at];
  if (!step) return null;
  const go = (next: number) => {
    const there = steps[next];
    if (!there) return setTour('off');
    setTour(String(next + 1) as TourAt);
    void navigate({ to: there.to });
  };
  return (
    <aside className="tour" aria-label="Tour">
      <header>
        <span className="faint number">
          {at + 1} of {steps.length}
        </span>
        <h2>{step.title}</h2>
        <button type="button" className="plain icon" aria-label="End the tour" onClick={() => setTour('off')}>
          <X aria-hidden size={16} />
        </button>
      </header>
      <p>{step.text}</p>
      <p>
        <strong>{step.todo}</strong>
      </p>
      <div className="ask-buttons">
        <button type="button" className="link" onClick={() => void navigate({ to: step.to })}>
          Show me
        </button>
        {at > 0 && (
          <button type="button" className="button" onClick={() => go(at - 1)}>
            Back
          </button>
        )}
        <button type="button" className="button primary" onClick={() => go(at + 1)}>
          {at + 1 < steps.length ? 'Next' : 'Done'}
        </button>
      </div>
    </aside>
  );
}

/** Begins the tour at its first place. */
export function TourStart() {
  const { tour, setTour } = usePreferences();
  const asked = useAsk(TourOperation, {}, { staleMs: Number.POSITIVE_INFINITY });
  const navigate = useNavigate();
  const first = asked.data && tourOf(asked.data)[0];
  if (!first || tour !== 'off') return null;
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        setTour('1');
        void navigate({ to: first.to });
      }}
    >
      Take the tour: seven things in ten minutes
    </button>
  );
}
