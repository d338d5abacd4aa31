import { equal, isObject, type Members } from './equal';

/** Three-way merging of JSON: what two people changed is put together member by member. */

/** A place that both changed, each in another way. */
export interface Clash {
  /** Path of the place, with dots. */
  place: string;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  value: unknown;
  clashes: Clash[];
}

/** Puts my changes and theirs together. Where both changed one place, `mine` stays in the value, and it is told. */
export function merged(base: unknown, theirs: unknown, mine: unknown): Merged {
  const clashes: Clash[] = [];
  return { value: mergedAt('', base, theirs, mine, clashes), clashes };
}

function mergedAt(place: string, base: unknown, theirs: unknown, mine: unknown, clashes: Clash[]): unknown {
  if (equal(theirs, mine) || equal(base, theirs)) return mine;
  if (equal(base, mine)) return theirs;
  if (isObject(theirs) && isObject(mine)) {
    const from = isObject(base) ? base : {};
    const names = [...Object.keys(mine), ...Object.keys(theirs).filter((name) => !Object.hasOwn(mine, name))];
    const members = names.map((name): [string, unknown] => [
      name,
      mergedAt(place === '' ? name : `${place}.${name}`, at(from, name), at(theirs, name), at(mine, name), clashes),
    ]);
    // A member that is gone has no value.
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }
  clashes.push({ place, mine, theirs });
  return mine;
}

/** A member's own value: names such as `constructor` have none of their own. */
function at(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
