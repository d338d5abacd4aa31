import { Link } from '@tanstack/react-router';
import type { RolloutQuery } from '../../graphql/generated';
import { METRICS } from '../../ui/figures';
import { Intervals } from '../../ui/intervals';
import { Card, Sentence, StateChip } from '../../ui/parts';

type Experiment = NonNullable<NonNullable<RolloutQuery['rollout']>['experiment']>;

/** What the experiment says that watches the version: what decides, and what must not be harmed. */
export function Watched({ of, currency }: { of: Experiment; currency: string | undefined }) {
  const { comparisons, advice } = of.readout;
  const primary = comparisons.filter(({ role }) => role === 'PRIMARY');
  const guards = comparisons.filter(({ role }) => role === 'GUARDRAIL');
  const drawn = primary.flatMap(({ arm, effect, verdict }) => (effect ? [{ arm, effect, verdict }] : []));
  return (
    <Card
      title="Watched by its experiment"
      aside={
        <Link to="/experiments/$name" params={{ name: of.name }}>
          the whole readout
        </Link>
      }
    >
      <p>
        <Sentence text={advice.sentence} currency={of.primary === 'REVENUE' ? currency : null} />.
      </p>
      <Intervals
        metric={of.primary}
        first={of.arms[0] ?? 'live'}
        rows={drawn}
        zone={null}
        currency={currency ?? null}
      />
      <p className="guards">
        Guardrails:{' '}
        {guards.map(({ metric, arm, verdict }) => (
          <StateChip
            key={`${metric} ${arm}`}
            state={`GUARD_${verdict}`}
            label={`${METRICS[metric]} ${GUARDED[verdict]}`}
          />
        ))}
      </p>
    </Card>
  );
}

const GUARDED = { BETTER: 'is better', WORSE: 'is broken', NO_MATTER: 'holds', NOT_YET: 'not known yet' } as const;
