/** Keys that open a screen after `g`. */
export const GO_KEYS: Record<string, string> = {
  o: '/',
  t: '/trends',
  f: '/flows',
  e: '/experiments',
  u: '/rollouts',
  r: '/replays',
  l: '/leads',
  s: '/sources',
  v: '/schemas',
  d: '/destinations',
  p: '/caps',
  y: '/deliveries',
  c: '/conversions',
  b: '/returns',
  m: '/statements',
  i: '/lists',
  h: '/changes',
  n: '/people',
  a: '/operations',
};

/** What a key means: a screen to go to, a command, or nothing. */
export type Stroke = { go: string } | { command: string } | null;

/** Longest pause between `g` and the letter, in milliseconds. */
const SEQUENCE_MS = 1_000;

/** Reads keys one by one: `g l` is a screen, `?` a command. Keep one reader for the page. */
export function keyReader(): (key: string, at: number) => Stroke {
  let begunAt = Number.NEGATIVE_INFINITY;
  return (key, at) => {
    const isSecond = at - begunAt < SEQUENCE_MS;
    begunAt = Number.NEGATIVE_INFINITY;
    if (isSecond && GO_KEYS[key] !== undefined) return { go: GO_KEYS[key] };
    if (key === 'g') {
      begunAt = at;
      return null;
    }
    return { command: key };
  };
}

/** Whether keys are text where the focus is. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A radio button or a check box takes arrows and the space bar, and no letters.
  if (target instanceof HTMLInputElement && ['radio', 'checkbox'].includes(target.type)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
