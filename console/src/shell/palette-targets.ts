/** A place to go to. */
export interface Target {
  to: string;
  label: string;
  kind: string;
}

interface Names {
  mayRead: boolean;
  flows: string[];
  destinations: string[];
}

const SCREENS: Target[] = [
  ['/', 'Overview'],
  ['/trends', 'Trends'],
  ['/flows', 'Flows'],
  ['/experiments', 'Experiments'],
  ['/rollouts', 'Rollouts'],
  ['/replays', 'Replays'],
  ['/leads', 'Leads'],
  ['/sources', 'Sources'],
  ['/schemas', 'Lead schemas'],
  ['/deliveries', 'Deliveries'],
  ['/deliveries/held', 'Held deliveries'],
  ['/jobs', 'Bulk jobs'],
  ['/destinations', 'Destinations'],
  ['/caps', 'Caps'],
  ['/conversions', 'Conversions'],
  ['/conversions/parked', 'Parked postbacks'],
  ['/returns', 'Returns'],
  ['/statements', 'Statements'],
  ['/lists', 'Lists'],
  ['/changes', 'Changes'],
  ['/people', 'Persons'],
  ['/operations', 'Operations'],
  ['/setup', 'First steps'],
  ['/settings/tokens', 'Tokens'],
  ['/settings/about', 'About'],
].map(([to, label]) => ({ to: to as string, label: label as string, kind: 'screen' }));

/** The name of a screen by its address. */
export function screenName(to: string): string {
  return SCREENS.find((screen) => screen.to === to)?.label ?? to;
}

/** Most places that are shown. */
const SHOWN_MAX = 12;

/** The places whose name holds a text, those that begin with it first. The id of a lead is a place of its own. */
export function targets(text: string, { mayRead, flows, destinations }: Names): Target[] {
  const wanted = text.trim().toLowerCase();
  if (/^lead_[0-9a-z-]{8,}$/.test(wanted)) {
    return [{ to: `/leads/${wanted}`, label: wanted, kind: 'lead' }];
  }
  const named = (names: string[], path: string, kind: string) =>
    names.map((name) => ({ to: `${path}/${encodeURIComponent(name)}`, label: name, kind }));
  const all = [
    ...SCREENS.filter((screen) => mayRead || screen.to === '/leads' || screen.to === '/settings/about'),
    ...named(flows, '/flows', 'flow'),
    ...named(destinations, '/destinations', 'destination'),
  ];
  const rank = ({ label }: Target) => label.toLowerCase().indexOf(wanted);
  return all
    .filter((target) => rank(target) >= 0)
    .sort((a, b) => Number(rank(a) > 0) - Number(rank(b) > 0))
    .slice(0, SHOWN_MAX);
}
