/** A name of this tab that outlives a reload, and no other tab has. */
export function tabId(): string {
  const key = 'pointsman.tab';
  const known = sessionStorage.getItem(key);
  if (known) return known;
  const made = Array.from(crypto.getRandomValues(new Uint32Array(2)), (it) => it.toString(36)).join('');
  sessionStorage.setItem(key, made);
  return made;
}
