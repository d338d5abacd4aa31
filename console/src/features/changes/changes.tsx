import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import {
  ChangeSettings,
  Changes as ChangesOperation,
  type ChangesQuery,
  type SettingsChangeKind,
} from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Choice, Field } from '../../ui/choice';
import { shortId } from '../../ui/format';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded, Sentence, Time } from '../../ui/parts';
import { settingText } from '../../ui/sentences';
import type { ChangesSearch } from './search';
import { hunksOf, KINDS, linesOf, placeOf } from './words';

/** What differs is found when it is asked for: pages are short. */
const PAGE_SIZE = 25;
/** Differences that a row shows before it is opened. */
const SHOWN = 3;

/** Who changed what, when, and what it said before. */
export function Changes() {
  const { kind, object, who } = useSearch({ from: '/shell/changes' });
  const filter = {
    ...(kind && { kind: [kind] }),
    ...(object && { object }),
    ...(who && { who }),
  };
  const pages = usePages(ChangesOperation, { filter }, (answer) => answer.changes.pageInfo, PAGE_SIZE, 0);
  const changes = pages.data?.pages.flatMap((page) => page.changes.nodes) ?? [];
  return (
    <>
      <Heading title="Changes" />
      <Filters />
      <Loaded of={pages}>
        {() =>
          changes.length > 0 ? (
            <ol className="changes">
              {changes.map((change) => (
                <Row key={change.number} of={change} />
              ))}
            </ol>
          ) : (
            <Empty title={kind || object || who ? 'No such change.' : 'Nothing was changed yet.'}>
              <p>Whatever is set is kept here: who did it, when and why, and what it said before and after.</p>
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={changes.length} />
    </>
  );
}

function Filters() {
  const search = useSearch({ from: '/shell/changes' });
  const navigate = useNavigate({ from: '/changes' });
  const set = (part: ChangesSearch) =>
    void navigate({ search: (old) => ({ ...old, ...part, change: undefined }), replace: true });
  return (
    <div className="filters">
      <Choice
        label="What was done"
        value={search.kind}
        options={Object.keys(KINDS) as SettingsChangeKind[]}
        show={(kind) => KINDS[kind]}
        onChange={(kind) => set({ kind })}
      />
      <Named
        key={`object ${search.object}`}
        label="To what"
        value={search.object}
        onChange={(object) => set({ object })}
      />
      <Named key={`who ${search.who}`} label="By whom" value={search.who} onChange={(who) => set({ who })} />
    </div>
  );
}

function Named({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="text"
          defaultValue={value ?? ''}
          placeholder="any"
          autoComplete="off"
          spellCheck={false}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          onBlur={(event) => {
            const next = event.target.value.trim() || undefined;
            if (next !== value) onChange(next);
          }}
        />
      )}
    </Field>
  );
}

type Change = ChangesQuery['changes']['nodes'][number];

function Row({ of }: { of: Change }) {
  const { change } = useSearch({ from: '/shell/changes' });
  const navigate = useNavigate({ from: '/changes' });
  const isOpen = change === of.number;
  const place = placeOf(of.kind, of.object);
  const more = of.differences.length - SHOWN;
  return (
    <li className="change card">
      <div className="change-head">
        <Time at={of.at} />
        <strong>{KINDS[of.kind]}</strong>
        {place ? (
          <Link to={place} title={of.object}>
            {of.object.startsWith('tok_') ? shortId(of.object) : of.object}
          </Link>
        ) : (
          <span>{of.object}</span>
        )}
        <span className="faint">by {of.by}</span>
        <button
          type="button"
          className="link"
          aria-expanded={isOpen}
          onClick={() =>
            void navigate({
              search: (old) => ({ ...old, change: isOpen ? undefined : of.number }),
              replace: true,
              resetScroll: false,
            })
          }
        >
          {isOpen ? 'Close' : 'Before and after'}
          <span className="visually-hidden"> of change {of.number}</span>
        </button>
      </div>
      {of.note && <p>“{of.note}”</p>}
      {of.differences.length > 0 && (
        <ul className="change-list">
          {(isOpen ? of.differences : of.differences.slice(0, SHOWN)).map(({ path, message }, at) => (
            <li key={`${path} ${message} ${at}`}>
              {path && !message.startsWith(path) && <span className="mono faint">{path} </span>}
              {path === '' && message.startsWith('new: ') ? 'it is new' : <Sentence text={settingText(message)} />}
            </li>
          ))}
          {!isOpen && more > 0 && <li className="faint">and {more} more</li>}
        </ul>
      )}
      {isOpen && <Settings of={of} />}
    </li>
  );
}

/** The settings as text, with what was removed and added. */
function Settings({ of }: { of: Change }) {
  // There is no question for one change: it is found by its millisecond.
  const to = new Date(Date.parse(of.at) + 1).toISOString();
  const asked = useAsk(
    ChangeSettings,
    { filter: { kind: [of.kind], object: of.object, from: of.at, to } },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  return (
    <Loaded of={asked} lines={4}>
      {({ changes }) => {
        const found = changes.nodes.find(({ number }) => number === of.number);
        if (!found) return <p className="faint">What it said cannot be found.</p>;
        const { before, after } = found;
        if (before === null && after === null) return <p className="faint">The settings are too long to be shown.</p>;
        return <Lines before={written(before)} after={written(after)} />;
      }}
    </Loaded>
  );
}

function written(settings: unknown): string {
  return settings === null ? '' : JSON.stringify(settings, null, 2);
}

function Lines({ before, after }: { before: string; after: string }) {
  const shown = hunksOf(linesOf(before, after));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className="settings-diff" tabIndex={0}>
      {shown.map((line, at) => {
        if (line === null) return <span key={at}>…{'\n'}</span>;
        const text = `${line.text}\n`;
        if (line.kind === 'removed') return <del key={at}>− {text}</del>;
        if (line.kind === 'added') return <ins key={at}>+ {text}</ins>;
        return (
          <span key={at}>
            {'  '}
            {text}
          </span>
        );
      })}
    </pre>
  );
}
