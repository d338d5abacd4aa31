import type { ListKind } from '../../graphql/generated';

/** What the values of each kind are. */
export const KINDS: Record<ListKind, string> = {
  TEXT: 'texts',
  POSTAL_CODE: 'postal codes',
  PHONE: 'telephone numbers',
  EMAIL: 'e-mail addresses',
  REGION: 'states and provinces',
  COUNTRY: 'countries',
  IP: 'IP addresses',
  URL: 'web addresses',
};

/** A kind as addresses and documents write it. */
export function kindWord(kind: ListKind): string {
  return kind.toLowerCase();
}

/** A predicate that asks a list. */
export function predicateOf(name: string): string {
  return `field in list("${name}")`;
}
