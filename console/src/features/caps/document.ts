/** The caps and holidays of a destination as a form has them, and as its settings do. */

export const KINDS = ['accepted', 'offers', 'in_flight', 'revenue', 'conversions'] as const;
export const WINDOWS = ['minute', 'hour', 'day', 'week', 'month', 'lifetime'] as const;
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

type Json = Record<string, unknown>;

/** A cap as it is typed. */
export interface CapForm {
  /** What tells it from the others while they are edited. */
  key: number;
  name: string;
  kind: string;
  max: string;
  window: string;
  zone: string;
  isPaced: boolean;
  isSoft: boolean;
  group: string;
  /** Names, with commas between them. */
  sources: string;
  isEachSource: boolean;
  /** Other amounts on days of the week; what is empty is as on all days. */
  maxOn: Partial<Record<(typeof DAYS)[number], string>>;
  /** Members that this form does not know, which stay as they are. */
  rest: Json;
}

export function newCap(key: number): CapForm {
  return {
    key,
    name: '',
    kind: 'accepted',
    max: '',
    window: 'day',
    zone: 'UTC',
    isPaced: false,
    isSoft: false,
    group: '',
    sources: '',
    isEachSource: false,
    maxOn: {},
    rest: {},
  };
}

/** The caps of some settings, as they are typed. */
export function capForms(settings: unknown): CapForm[] {
  const caps = (settings as { caps?: Json[] } | null)?.caps ?? [];
  return caps.map((cap, key) => {
    const { name, kind, max, window, zone, paced, soft, group, sources, each_source, max_on, ...rest } = cap;
    const text = (value: unknown, none = '') => (value === undefined || value === null ? none : String(value));
    return {
      key,
      name: text(name),
      kind: text(kind),
      max: text(max),
      window: text(window, 'lifetime'),
      zone: text(zone, 'UTC'),
      isPaced: paced === true,
      isSoft: soft === true,
      group: text(group),
      sources: Array.isArray(sources) ? sources.join(', ') : '',
      isEachSource: each_source === true,
      maxOn: Object.fromEntries(Object.entries((max_on ?? {}) as Json).map(([day, most]) => [day, String(most)])),
      rest,
    };
  });
}

/** An amount as settings have it: money is text, and anything else a number. What is neither is sent as it is, so that the
 * server says what is wrong with it. */
function amountOf(kind: string, text: string): unknown {
  const amount = text.trim().replaceAll(',', '');
  return kind !== 'revenue' && /^\d{1,15}$/.test(amount) ? Number(amount) : amount;
}

function capOf(form: CapForm): Json {
  const { kind, window, rest } = form;
  const names = form.sources
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const hasWindow = kind !== 'in_flight';
  const days = DAYS.flatMap((day) => {
    const most = form.maxOn[day]?.trim() ?? '';
    return most === '' || !hasWindow || window !== 'day' ? [] : [[day, amountOf(kind, most)] as const];
  });
  return {
    ...rest,
    ...(form.name.trim() && { name: form.name.trim() }),
    kind,
    max: amountOf(kind, form.max),
    ...(hasWindow && { window }),
    ...(hasWindow && window !== 'lifetime' && { zone: form.zone.trim() || 'UTC' }),
    ...(days.length > 0 && { max_on: Object.fromEntries(days) }),
    ...(form.isPaced && hasWindow && { paced: true }),
    ...(form.isSoft && { soft: true }),
    ...(form.group.trim() && { group: form.group.trim() }),
    ...(names.length > 0 && { sources: names }),
    ...(form.isEachSource && { each_source: true }),
  };
}

/** The days on which a destination is closed, as they are typed; none without opening hours. */
export function holidaysOf(settings: unknown): string | null {
  const { schedule } = (settings ?? {}) as { schedule?: { holidays?: string[] } | null };
  return schedule ? (schedule.holidays ?? []).join(', ') : null;
}

/** The settings with other caps and holidays; everything else stays as it is. */
export function changedSettings(settings: unknown, caps: readonly CapForm[], holidays: string | null): Json {
  const old = { ...(settings as Json) };
  const schedule = old.schedule as Json | null | undefined;
  const days = (holidays ?? '').split(/[\s,]+/).filter((day) => day !== '');
  return {
    ...old,
    caps: caps.map(capOf),
    ...(schedule && holidays !== null && { schedule: { ...schedule, holidays: days } }),
  };
}
