import type { SettingsChangeKind } from '../../graphql/generated';
import { choice, text } from '../../ui/search';
import { KINDS } from './words';

export interface ChangesSearch {
  kind?: SettingsChangeKind | undefined;
  object?: string | undefined;
  who?: string | undefined;
  /** Number of the change that is open. */
  change?: string | undefined;
}

export function readChangesSearch(search: Record<string, unknown>): ChangesSearch {
  return {
    kind: choice(search.kind, Object.keys(KINDS) as SettingsChangeKind[]),
    object: text(search.object),
    who: text(search.who),
    change: text(search.change),
  };
}
