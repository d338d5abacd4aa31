import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import {
  Building2,
  ChartColumn,
  Coins,
  FlaskConical,
  Fuel,
  Gauge,
  History,
  Inbox,
  KeyRound,
  List,
  LogIn,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  ReceiptText,
  Rewind,
  Send,
  Server,
  Split,
  Sun,
  TableProperties,
  Undo2,
  UserX,
  Waypoints,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { SignedOut, signOut } from '../graphql/ask';
import { type Right, Shell as ShellOperation } from '../graphql/generated';
import { useAsk } from '../graphql/use-ask';
import { words, zoneName } from '../ui/format';
import { isTyping, keyReader } from '../ui/keys';
import { Loaded } from '../ui/parts';
import { type Theme, usePreferences } from '../ui/preferences';
import { Help } from './help';
import { LiveDot } from './live-dot';
import { Palette } from './palette';
import { SessionContext, useSession } from './session';
import { Tour, TourStart } from './tour/tour';

interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  right: Right;
  key?: string;
}

const PLACES: Place[] = [
  { to: '/', label: 'Overview', icon: Gauge, right: 'READ', key: 'o' },
  { to: '/trends', label: 'Trends', icon: ChartColumn, right: 'READ', key: 't' },
  { to: '/flows', label: 'Flows', icon: Waypoints, right: 'READ', key: 'f' },
  { to: '/experiments', label: 'Experiments', icon: FlaskConical, right: 'READ', key: 'e' },
  { to: '/rollouts', label: 'Rollouts', icon: Split, right: 'READ', key: 'u' },
  { to: '/replays', label: 'Replays', icon: Rewind, right: 'READ', key: 'r' },
  { to: '/leads', label: 'Leads', icon: Inbox, right: 'SEND_LEADS', key: 'l' },
  { to: '/sources', label: 'Sources', icon: LogIn, right: 'READ', key: 's' },
  { to: '/schemas', label: 'Lead schemas', icon: TableProperties, right: 'READ', key: 'v' },
  { to: '/deliveries', label: 'Deliveries', icon: Send, right: 'READ', key: 'y' },
  { to: '/destinations', label: 'Destinations', icon: Building2, right: 'READ', key: 'd' },
  { to: '/caps', label: 'Caps', icon: Fuel, right: 'READ', key: 'p' },
  { to: '/conversions', label: 'Conversions', icon: Coins, right: 'READ', key: 'c' },
  { to: '/returns', label: 'Returns', icon: Undo2, right: 'READ', key: 'b' },
  { to: '/statements', label: 'Statements', icon: ReceiptText, right: 'READ', key: 'm' },
  { to: '/lists', label: 'Lists', icon: List, right: 'READ', key: 'i' },
  { to: '/changes', label: 'Changes', icon: History, right: 'READ', key: 'h' },
  { to: '/people', label: 'Persons', icon: UserX, right: 'READ', key: 'n' },
  { to: '/operations', label: 'Operations', icon: Server, right: 'READ', key: 'a' },
  { to: '/settings/tokens', label: 'Tokens', icon: KeyRound, right: 'ADMINISTER' },
];

/** The frame of every screen but the sign-in: where one can go, who one is, how old the data is. */
export function Shell() {
  const session = useAsk(ShellOperation, {}, { poll: true });
  const { dataUpdatedAt } = session;
  // On the way to the sign-in.
  if (session.error instanceof SignedOut) return null;
  return (
    <Loaded of={session} lines={3}>
      {(data) => (
        <SessionContext value={{ ...data, answeredAt: dataUpdatedAt }}>
          <Frame />
        </SessionContext>
      )}
    </Loaded>
  );
}

function Frame() {
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  useKeys({ '?': () => setHelp(true) }, () => setPalette(true));
  const { about } = useSession();
  const [loadedHash] = useState(about.consoleHash);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Rail onHelp={() => setHelp(true)} />
      <div className="stage">
        <TopBar onSearch={() => setPalette(true)} />
        {about.isOpen && (
          <p className="band">
            <strong>Open:</strong> everybody who reaches this port is admin. Only for trying out. <TourStart />
          </p>
        )}
        {about.consoleHash !== loadedHash && (
          <p className="band">
            The server has a new version of this page.{' '}
            <button type="button" className="link" onClick={() => location.reload()}>
              Load it
            </button>
          </p>
        )}
        <main id="main">
          <Outlet />
        </main>
        <Tour />
      </div>
      <Help open={help} onClose={() => setHelp(false)} />
      <Palette open={palette} onClose={() => setPalette(false)} />
    </div>
  );
}

/** Keys that work on every screen. */
function useKeys(commands: Record<string, () => void>, onSearch: () => void) {
  const navigate = useNavigate();
  const read = useRef(keyReader());
  const latest = useRef({ commands, onSearch });
  latest.current = { commands, onSearch };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        latest.current.onSearch();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const stroke = read.current(event.key, event.timeStamp);
      if (stroke && 'go' in stroke) void navigate({ to: stroke.go });
      else if (stroke) latest.current.commands[stroke.command]?.();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [navigate]);
}

function Rail({ onHelp }: { onHelp: () => void }) {
  const { viewer } = useSession();
  // A source sees its leads and nothing else; others see whatever they may read.
  const places = PLACES.filter(
    ({ to, right }) => viewer.can.includes(right) || (to === '/leads' && viewer.can.includes('READ')),
  );
  return (
    <div className="rail">
      <Link to="/" className="brand">
        <span className="brand-mark" aria-hidden />
        Pointsman
      </Link>
      <nav aria-label="Screens">
        <ul>
          {places.map(({ to, label, icon: Icon, key }) => (
            <li key={to}>
              <Link
                to={to}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                title={key ? `g then ${key}` : undefined}
              >
                <Icon aria-hidden size={17} />
                <span>{label}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="rail-foot">
        <button type="button" className="plain" onClick={onHelp}>
          Keys <kbd>?</kbd>
        </button>
        <Link to="/settings/about">About</Link>
      </div>
    </div>
  );
}

const THEMES: { theme: Theme; icon: LucideIcon; next: Theme }[] = [
  { theme: 'system', icon: Monitor, next: 'light' },
  { theme: 'light', icon: Sun, next: 'dark' },
  { theme: 'dark', icon: Moon, next: 'system' },
];

function TopBar({ onSearch }: { onSearch: () => void }) {
  const { theme, setTheme, zone, setZone } = usePreferences();
  const look = THEMES.find((it) => it.theme === theme) ?? THEMES[0];
  const Icon = look?.icon ?? Monitor;
  return (
    <header className="topbar">
      <button type="button" className="search" onClick={onSearch}>
        <span>Go to a screen, flow, destination or lead</span>
        <kbd>Ctrl K</kbd>
      </button>
      <LiveDot />
      <button
        type="button"
        className="plain"
        title="Zone of all times; press to change"
        onClick={() => setZone(zone === 'UTC' ? 'local' : 'UTC')}
      >
        <span className="visually-hidden">Times in </span>
        {zoneName(zone)}
      </button>
      <button
        type="button"
        className="plain icon"
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme}`}
        onClick={() => setTheme(look?.next ?? 'system')}
      >
        <Icon aria-hidden size={17} />
      </button>
      <Who />
    </header>
  );
}

function Who() {
  const { viewer, about } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut();
    client.clear();
    await navigate({ to: '/login', search: {} });
  };
  return (
    <div className="who">
      <span>
        <strong>{viewer.name}</strong> <span className="faint">{words(viewer.role)}</span>
      </span>
      {!about.isOpen && (
        <button
          type="button"
          className="plain icon"
          aria-label="Sign out"
          title="Sign out"
          onClick={() => void leave()}
        >
          <LogOut aria-hidden size={17} />
        </button>
      )}
    </div>
  );
}
