import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { LeadFilters as LeadFiltersOperation } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Choice, Field } from '../../ui/choice';
import { words } from '../../ui/format';
import { isTyping } from '../../ui/keys';
import { usePreferences } from '../../ui/preferences';
import { isUnfiltered, type LeadSearch, STATUSES } from './search';

/** The filters of the list. They are its address: a link, a reload and the Back button keep them. */
export function LeadFilters() {
  const search = useSearch({ from: '/shell/leads' });
  const navigate = useNavigate({ from: '/leads' });
  const names = useAsk(LeadFiltersOperation, {}, { staleMs: 60_000 });
  const set = (change: LeadSearch) => void navigate({ search: (old) => ({ ...old, ...change }) });
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      first.current?.focus();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (
    <search className="filters">
      <Choice
        label="Status"
        value={search.status}
        options={STATUSES}
        show={words}
        focus={first}
        onChange={(status) => set({ status })}
      />
      <Choice
        label="Flow"
        value={search.flow}
        options={names.data?.flows.nodes.map((flow) => flow.name) ?? []}
        onChange={(flow) => set({ flow })}
      />
      <Choice
        label="Destination"
        value={search.destination}
        options={names.data?.destinations.nodes.map((destination) => destination.name) ?? []}
        onChange={(destination) => set({ destination })}
      />
      <TextFilter label="Source" value={search.source} onChange={(source) => set({ source })} />
      <TextFilter label="Key" value={search.key} onChange={(key) => set({ key })} />
      <Choice
        label="Test leads"
        value={search.test}
        options={['yes', 'no'] as const}
        show={(test) => (test === 'yes' ? 'only' : 'without')}
        onChange={(test) => set({ test })}
      />
      <MomentFilter label="From" value={search.from} onChange={(from) => set({ from })} />
      <MomentFilter label="Before" value={search.to} onChange={(to) => set({ to })} />
      {!isUnfiltered(search) && (
        <Link to="/leads" search={{}} className="button">
          Clear
        </Link>
      )}
    </search>
  );
}

/** A text that counts once it is entered or left, not at each key. */
function TextFilter({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const [draft, setDraft] = useState(value ?? '');
  useEffect(() => setDraft(value ?? ''), [value]);
  const enter = () => {
    const entered = draft.trim() || undefined;
    if (entered !== value) onChange(entered);
  };
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="text"
          value={draft}
          placeholder="any"
          spellCheck={false}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={enter}
          onKeyDown={(event) => event.key === 'Enter' && enter()}
        />
      )}
    </Field>
  );
}

/** A time in the zone of the page. */
function MomentFilter({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const { zone } = usePreferences();
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          value={toField(value, zone === 'UTC')}
          onChange={(event) => onChange(fromField(event.target.value, zone === 'UTC'))}
        />
      )}
    </Field>
  );
}

/** What a field for a time shows; it knows no zones. */
export function toField(value: string | undefined, isUtc: boolean): string {
  if (value === undefined) return '';
  const at = new Date(value);
  const shifted = isUtc ? at : new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export function fromField(text: string, isUtc: boolean): string | undefined {
  if (text === '') return undefined;
  const at = new Date(isUtc ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
