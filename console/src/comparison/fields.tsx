import type { ExperimentMetric, MistakeFragment } from '../graphql/generated';
import { Choice } from '../ui/choice';
import { METRICS } from '../ui/figures';
import { CheckField, Mistakes, mistakesAt, TextField } from '../ui/form';
import type { ComparisonDraft } from './typed';

export interface ComparisonPart {
  draft: ComparisonDraft;
  set: (part: Partial<ComparisonDraft>) => void;
  mistakes: MistakeFragment[];
}

/** Metrics that must not be harmed, each with the largest harm that is allowed. */
export function GuardrailFields({ draft, set, mistakes }: ComparisonPart) {
  const named = Object.keys(draft.guardrails);
  return (
    <>
      {(Object.keys(METRICS) as ExperimentMetric[]).map((metric) => {
        const worst = draft.guardrails[metric];
        return (
          <CheckField
            key={metric}
            label={METRICS[metric]}
            checked={worst !== undefined}
            onChange={(checked) => {
              const { [metric]: _, ...rest } = draft.guardrails;
              set({ guardrails: checked ? { ...rest, [metric]: '10' } : rest });
            }}
          >
            {worst !== undefined && (
              <TextField
                label={`Largest harm to ${METRICS[metric].toLowerCase()}`}
                kind="number"
                unit="% of it"
                value={worst}
                onChange={(value) => set({ guardrails: { ...draft.guardrails, [metric]: value } })}
                mistakes={mistakesAt(mistakes, `guardrails.${named.indexOf(metric)}`)}
              />
            )}
          </CheckField>
        );
      })}
      <Mistakes of={mistakes.filter(({ path }) => path.length === 1 && path[0] === 'guardrails')} />
    </>
  );
}

/** The metric that decides, the smallest difference that matters, and how long is waited for what comes of a lead. */
export function DecidingFields({ label, draft, set, mistakes }: ComparisonPart & { label: string }) {
  return (
    <>
      <Choice
        label={label}
        value={draft.primary}
        options={Object.keys(METRICS) as ExperimentMetric[]}
        show={(metric) => METRICS[metric]}
        isRequired
        onChange={(primary) => primary && set({ primary })}
      />
      <TextField
        label="Smallest difference that matters"
        kind="number"
        unit="% of it"
        value={draft.smallest}
        onChange={(smallest) => set({ smallest })}
        mistakes={mistakesAt(mistakes, 'smallestEffectPpm')}
      />
      <TextField
        label="Window after the draw"
        kind="number"
        unit="hours"
        value={draft.window}
        onChange={(window) => set({ window })}
        mistakes={mistakesAt(mistakes, 'windowHours')}
        hint="0: only what an acceptance pays"
      />
    </>
  );
}

/** From when on a lead is slow, where anything is said of slow leads. */
export function SlowField({ draft, set, mistakes, isAsked }: ComparisonPart & { isAsked: boolean }) {
  if (!isAsked && mistakesAt(mistakes, 'slowMs').length === 0) return null;
  return (
    <TextField
      label="A lead is slow after"
      kind="number"
      unit="ms"
      value={draft.slow}
      onChange={(slow) => set({ slow })}
      mistakes={mistakesAt(mistakes, 'slowMs')}
      hint="On its way from the first step to the end of its walk"
    />
  );
}

/** Whether what decides, or what must not be harmed, is the share of slow leads. */
export function asksSlow({ primary, guardrails }: ComparisonDraft): boolean {
  return primary === 'SLOW_RATE' || guardrails.SLOW_RATE !== undefined;
}

interface Version {
  hash: string;
  number: number;
  message: string;
}

/** One of the versions of a flow. */
export function VersionChoice({
  label,
  versions,
  value,
  onChange,
}: {
  label: string;
  versions: readonly Version[];
  value: string;
  onChange: (version: string) => void;
}) {
  return (
    <Choice
      label={label}
      value={value || undefined}
      options={versions.map(({ hash }) => hash)}
      show={(hash) => {
        const it = versions.find((version) => version.hash === hash);
        return it ? `${it.number}${it.message && `: ${it.message}`}` : hash.slice(0, 12);
      }}
      none={versions.length === 0 ? 'there is no other version' : 'choose one'}
      onChange={(version) => onChange(version ?? '')}
    />
  );
}

/** The versions of a flow that are not live, the newest first. */
export function otherVersions(
  flow: { stage: { versionHash: string } | null; versions: { nodes: Version[] } } | undefined,
): Version[] {
  return flow?.versions.nodes.filter(({ hash }) => hash !== flow.stage?.versionHash) ?? [];
}
