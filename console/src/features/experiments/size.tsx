import { type ExperimentMetric, ExperimentSize, type ExperimentSizeInput } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { days, difference, METRICS, shown } from '../../ui/figures';
import { Mistakes } from '../../ui/form';
import { count } from '../../ui/format';
import { useLater } from '../../ui/later';
import { Card, Fact, Problem } from '../../ui/parts';

/** How many leads the experiment needs, and how long that takes, before it is started. */
export function Size({
  input,
  metric,
  currency,
}: {
  input: ExperimentSizeInput | null;
  metric: ExperimentMetric;
  currency: string | undefined;
}) {
  const asked = useLater(input);
  const size = useAsk(ExperimentSize, { input: asked ?? ({} as ExperimentSizeInput) }, { enabled: asked !== null });
  const answer = asked === null ? undefined : size.data?.experimentSize;
  return (
    <Card title="How long it takes">
      <div className="size" aria-live="polite">
        {asked === null && <p className="faint">Choose a flow and what decides, and the size is told here.</p>}
        {asked !== null && size.error && <Problem error={size.error} />}
        {answer?.size && (
          <>
            <div className="size-main">
              <strong>{count(answer.size.leads)} leads</strong>
              <span>{days(answer.size.days)}, with as many looks as you like</span>
            </div>
            <div className="size-other">
              <strong>{count(answer.size.leadsForOneLook)} leads</strong>
              <span>{days(answer.size.daysForOneLook)}, with a single look at the end</span>
            </div>
            <dl className="stack">
              <Fact name={`${METRICS[metric]} of the last 30 days`}>{shown(metric, answer.size.mean, currency)}</Fact>
              <Fact name="Difference to find">{difference(metric, answer.size.difference, currency)}</Fact>
            </dl>
            <p className="faint">
              For 4 of 5 experiments in which the difference is there. Judged by the flow’s own leads of the last 30
              days.
            </p>
          </>
        )}
        {answer && <Mistakes of={answer.userErrors} />}
      </div>
    </Card>
  );
}
