import type { SettingsChangeKind } from '../../graphql/generated';

/** What was done, in words before the name of what it was done to. */
export const KINDS: Record<SettingsChangeKind, string> = {
  LEAD_SCHEMA_PUT: 'Lead schema saved',
  DESTINATION_PUT: 'Destination saved',
  FLOW_DRAFT_SAVED: 'Draft saved',
  FLOW_VERSION_PUBLISHED: 'Version published',
  STAGE_MOVED: 'Stage moved',
  FLOW_STOPPED: 'Flow stopped or started',
  EXPERIMENT_CREATED: 'Experiment planned',
  EXPERIMENT_MOVED: 'Experiment started, paused or widened',
  EXPERIMENT_CONCLUDED: 'Experiment concluded',
  SHADOW_SET: 'Shadow set',
  SHADOW_CLEARED: 'Shadow cleared',
  ROLLOUT_STARTED: 'Rollout started',
  ROLLOUT_MOVED: 'Rollout moved',
  SOURCE_PUT: 'Source saved',
  LIST_PUT: 'List saved',
  PERSON_ERASED: 'Persons erased',
  SUPPRESSION_CHANGED: 'Suppression list changed',
  RETENTION_SET: 'Retention set',
  DELIVERY_RELEASED: 'Held delivery released',
  SOURCE_POSTBACK_RESENT: 'Postback to a source sent again',
  BULK_JOB_STARTED: 'Bulk job started',
  BULK_JOB_CANCELLED: 'Bulk job cancelled',
  TOKEN_CREATED: 'Token created',
  TOKEN_REVOKED: 'Token revoked',
  SESSION_ENDED: 'Session ended',
};

/** The page of what was changed; none for what has no page. */
export function placeOf(kind: SettingsChangeKind, object: string): string | null {
  const name = encodeURIComponent(object);
  switch (kind) {
    case 'DESTINATION_PUT':
      return `/destinations/${name}`;
    case 'FLOW_DRAFT_SAVED':
      return `/flows/${name}?at=draft`;
    case 'FLOW_VERSION_PUBLISHED':
    case 'STAGE_MOVED':
    case 'FLOW_STOPPED':
    case 'SHADOW_SET':
    case 'SHADOW_CLEARED':
      return `/flows/${name}`;
    case 'EXPERIMENT_CREATED':
    case 'EXPERIMENT_MOVED':
    case 'EXPERIMENT_CONCLUDED':
      return `/experiments/${name}`;
    case 'ROLLOUT_STARTED':
    case 'ROLLOUT_MOVED':
      return `/rollouts/${name}`;
    case 'TOKEN_CREATED':
    case 'TOKEN_REVOKED':
    case 'SESSION_ENDED':
      return '/settings/tokens';
    case 'SOURCE_PUT':
      return `/sources/${name}`;
    case 'LIST_PUT':
      return `/lists/${name}`;
    case 'LEAD_SCHEMA_PUT':
      return `/schemas/${name}`;
    case 'BULK_JOB_STARTED':
    case 'BULK_JOB_CANCELLED':
      return `/jobs/${name}`;
    case 'PERSON_ERASED':
    case 'SUPPRESSION_CHANGED':
    case 'RETENTION_SET':
    case 'DELIVERY_RELEASED':
    case 'SOURCE_POSTBACK_RESENT':
      return null;
  }
}

/** A line of settings before, after, or of both. */
export interface Line {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** Most lines that are compared one by one; beyond, what differs is shown as one block. */
const COMPARED_MAX = 1_500;

/** What differs between two texts, line by line, by the longest common subsequence. */
export function linesOf(before: string, after: string): Line[] {
  const [old, fresh] = [before === '' ? [] : before.split('\n'), after === '' ? [] : after.split('\n')];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let foot = 0;
  while (
    foot < old.length - head &&
    foot < fresh.length - head &&
    old[old.length - 1 - foot] === fresh[fresh.length - 1 - foot]
  ) {
    foot++;
  }
  const same = (lines: string[]): Line[] => lines.map((text) => ({ kind: 'same', text }));
  return [
    ...same(old.slice(0, head)),
    ...middle(old.slice(head, old.length - foot), fresh.slice(head, fresh.length - foot)),
    ...same(foot === 0 ? [] : old.slice(-foot)),
  ];
}

function middle(old: string[], fresh: string[]): Line[] {
  const removed = (text: string): Line => ({ kind: 'removed', text });
  const added = (text: string): Line => ({ kind: 'added', text });
  if (old.length > COMPARED_MAX || fresh.length > COMPARED_MAX) return [...old.map(removed), ...fresh.map(added)];
  // Lengths of the longest common subsequences of what is left from each pair of places on.
  const width = fresh.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = fresh.length - 1; b >= 0; b--) {
      longest[a * width + b] =
        old[a] === fresh[b]
          ? (longest[(a + 1) * width + b + 1] ?? 0) + 1
          : Math.max(longest[(a + 1) * width + b] ?? 0, longest[a * width + b + 1] ?? 0);
    }
  }
  const lines: Line[] = [];
  let [a, b] = [0, 0];
  while (a < old.length && b < fresh.length) {
    if (old[a] === fresh[b]) {
      lines.push({ kind: 'same', text: old[a] ?? '' });
      a++;
      b++;
    } else if ((longest[(a + 1) * width + b] ?? 0) >= (longest[a * width + b + 1] ?? 0)) {
      lines.push(removed(old[a++] ?? ''));
    } else lines.push(added(fresh[b++] ?? ''));
  }
  return [...lines, ...old.slice(a).map(removed), ...fresh.slice(b).map(added)];
}

/** Lines around a difference that are shown with it. */
const AROUND = 3;

/** The lines that differ with some around them; `null` stands for what is left out between. */
export function hunksOf(lines: readonly Line[]): (Line | null)[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== 'same'),
  );
  const shown: (Line | null)[] = [];
  lines.forEach((line, at) => {
    if (isNear[at]) shown.push(line);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
