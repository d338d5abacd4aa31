import type { Members } from '../../../ui/equal';

/** Rules by which an answer is read, as a form has them and as a target does. */

/** What a rule asks of the value at its path. */
export const TESTS = ['none', 'equals', 'one_of', 'exists', 'absent'] as const;
export type Test = (typeof TESTS)[number];

export interface RuleForm {
  key: number;
  /** Statuses and ranges of them, with commas between. */
  status: string;
  path: string;
  test: Test;
  value: string;
  contains: string;
  /** Members that this form does not know, which stay as they are. */
  rest: Members;
}

export function newRule(key: number): RuleForm {
  return { key, status: '', path: '', test: 'none', value: '', contains: '', rest: {} };
}

/** A value as people type it: texts without quotes, unless they would be taken for something else. */
export function literalText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = value !== '' && value.trim() === value && !/[",]/.test(value) && literalOf(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/** What somebody typed as a value: a number, `true`, `false`, `null` or anything else of JSON, and otherwise a text. */
export function literalOf(text: string): unknown {
  const typed = text.trim();
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

/** The parts between commas, where commas between double quotes separate nothing. */
function parts(text: string): string[] {
  const found = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g) ?? [];
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

function statusText(status: unknown): string {
  if (status === undefined || status === null) return '';
  return Array.isArray(status) ? status.map(statusText).join(', ') : String(status);
}

function statusOf(text: string): unknown {
  const found = parts(text).map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : part));
  return found.length > 1 ? found : found[0];
}

export function ruleForms(rules: unknown): RuleForm[] {
  if (!Array.isArray(rules)) return [];
  return rules.map((rule: Members, key) => {
    const { status, path, equals, one_of, exists, contains, ...rest } = rule;
    const form = { ...newRule(key), status: statusText(status), path: path === undefined ? '' : String(path), rest };
    if (contains !== undefined) form.contains = String(contains);
    if (Object.hasOwn(rule, 'equals')) return { ...form, test: 'equals' as const, value: literalText(equals) };
    if (Array.isArray(one_of)) return { ...form, test: 'one_of' as const, value: one_of.map(literalText).join(', ') };
    if (typeof exists === 'boolean') return { ...form, test: exists ? ('exists' as const) : ('absent' as const) };
    return form;
  });
}

export function ruleOf({ status, path, test, value, contains, rest }: RuleForm): Members {
  const statuses = statusOf(status);
  return {
    ...rest,
    ...(statuses !== undefined && { status: statuses }),
    ...(path.trim() && { path: path.trim() }),
    ...(test === 'equals' && { equals: literalOf(value) }),
    ...(test === 'one_of' && { one_of: parts(value).map(literalOf) }),
    ...(test === 'exists' && { exists: true }),
    ...(test === 'absent' && { exists: false }),
    ...(contains !== '' && { contains }),
  };
}
