import { PERCENT } from './arms';
import { valueAt } from './changes';
import { FindingsOf, findingsAt, useWork } from './context';
import { ChoiceMember, NumberMember } from './members';
import { Segments } from './segments';

const OBJECTIVES = ['net_revenue', 'conversions', 'accepted'] as const;
const TEN_YEARS = [1, 87_600] as const;
const A_YEAR = [1, 8_760] as const;
const STRENGTHS = [1, 1_000_000] as const;
const RATE = { unit: '%', factor: 10_000, range: [1, 999_999] } as const;

/** What a bandit learns for and how much it tries; and how it learns, where that is not as usual. */
export function Bandit({ node }: { node: string }) {
  return (
    <>
      <div className="field-row">
        <NumberMember
          node={node}
          part="explore_ppm"
          label="Explores"
          {...PERCENT}
          unit="% of draws"
          isOptional={false}
        />
        <ChoiceMember
          node={node}
          part="maximize"
          label="Learns for"
          options={OBJECTIVES}
          show={(it) => it.replaceAll('_', ' ')}
          usual="net_revenue"
        />
      </div>
      <Segments node={node} />
      <Learning node={node} />
    </>
  );
}

function Learning({ node }: { node: string }) {
  const { document, findings } = useWork();
  const isSet = valueAt(document.nodes[node], 'learning') !== undefined;
  const hours = (part: string, label: string, range: readonly [number, number], hint: string) => (
    <NumberMember node={node} part={`learning.${part}`} label={label} unit="hours" range={range} hint={hint} />
  );
  return (
    <details open={isSet || findingsAt(findings, node, 'learning').length > 0}>
      <summary>How it learns</summary>
      <div className="entries">
        <p className="faint">What is left empty is as usual. None of these forgets what was learned.</p>
        <div className="field-row">
          {hours(
            'half_life_hours',
            'A trial counts half after',
            TEN_YEARS,
            'Empty: old trials count until a change is seen.',
          )}
          {hours('window_hours', 'Only trials count of the last', TEN_YEARS, 'Empty: all count.')}
          {hours('attribution_hours', 'Money counts that comes within', A_YEAR, 'Empty: 720, thirty days.')}
          <NumberMember
            node={node}
            part="learning.focus_percent"
            label="Follows what it learned by"
            unit="%"
            range={[0, 1_000]}
            hint="Empty: 250. At 100 a share is the chance to be best."
          />
        </div>
        <Prior node={node} member="accept_prior" of="How many leads an arm takes" rate="rate_ppm" />
        <Prior node={node} member="conversion_prior" of="How often later money comes" rate="rate_ppm" />
        <Prior node={node} member="delay_prior" of="How late it comes" rate="mean_hours" />
      </div>
    </details>
  );
}

/** What is assumed before anything is known: a rate or a delay, and for how many trials it counts. Both or neither. */
function Prior({ node, member, of, rate }: { node: string; member: string; of: string; rate: string }) {
  const { document, findings, setValue } = useWork();
  const part = `learning.${member}`;
  const isSet = valueAt(document.nodes[node], part) !== undefined;
  const usual = rate === 'rate_ppm' ? { rate_ppm: 100_000, strength: 10 } : { mean_hours: 72, strength: 5 };
  return (
    <fieldset className="prior">
      <legend>{of}</legend>
      {isSet ? (
        <div className="field-row">
          <NumberMember
            node={node}
            part={`${part}.${rate}`}
            label="Assumed"
            isOptional={false}
            {...(rate === 'rate_ppm' ? RATE : { unit: 'hours', range: A_YEAR })}
          />
          <NumberMember
            node={node}
            part={`${part}.strength`}
            label="As sure as after"
            unit="trials"
            isOptional={false}
            range={STRENGTHS}
          />
          <button type="button" className="link" onClick={() => setValue(node, part, undefined)}>
            Assume what is usual
          </button>
        </div>
      ) : (
        <button type="button" className="link" onClick={() => setValue(node, part, usual)}>
          Assume something else than usual
        </button>
      )}
      <FindingsOf of={findings.filter((it) => it.node === node && it.part === part)} />
    </fieldset>
  );
}
