import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { readChangesSearch } from './features/changes/search';
import { Deliveries } from './features/destinations/deliveries';
import { Destination } from './features/destinations/destination';
import { Destinations } from './features/destinations/destinations';
import { Experiments } from './features/experiments/experiments';
import { Flows } from './features/flows/flows';
import { Leads } from './features/leads/leads';
import { readLeadSearch } from './features/leads/search';
import { Login } from './features/login/login';
import { readMetricsSearch } from './features/metrics/search';
import { Conversions } from './features/money/conversions';
import { PARKED_REASONS, Parked } from './features/money/parked';
import { readReturnSearch, readStatementSearch } from './features/money/search';
import { Overview } from './features/overview/overview';
import { About } from './features/settings/about';
import { Tokens } from './features/settings/tokens';
import type { CapKind, ParkedReason } from './graphql/generated';
import { Shell } from './shell/shell';
import { Empty, Heading, Problem } from './ui/parts';
import { choice, text } from './ui/search';

const root = createRootRoute({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: Login,
  validateSearch: (search): { next?: string } => ({ next: text(search.next) }),
});

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const RANGES = ['24h', '7d', '30d'] as const;
const range = (search: Record<string, unknown>): { range?: (typeof RANGES)[number] } => ({
  range: choice(search.range, RANGES),
});

const CAP_KINDS = ['ACCEPTED', 'OFFERS', 'IN_FLIGHT', 'REVENUE', 'CONVERSIONS'] as const satisfies CapKind[];
const CAP_MARKS = [100, 90, 70, 50] as const;

const overview = createRoute({ getParentRoute: () => shell, path: '/', component: Overview, validateSearch: range });

const leads = createRoute({
  getParentRoute: () => shell,
  path: '/leads',
  component: Leads,
  validateSearch: readLeadSearch,
});

const lead = createRoute({
  getParentRoute: () => shell,
  path: '/leads/$id',
  component: lazyRouteComponent(() => import('./features/leads/lead'), 'Lead'),
  validateSearch: (search): { step?: number; whynot?: boolean } => ({
    step: Number.isInteger(search.step) ? (search.step as number) : undefined,
    whynot: search.whynot === true ? true : undefined,
  }),
});

const destinations = createRoute({
  getParentRoute: () => shell,
  path: '/destinations',
  component: Destinations,
  validateSearch: range,
});

const destination = createRoute({
  getParentRoute: () => shell,
  path: '/destinations/$name',
  component: Destination,
  validateSearch: range,
});

const newDestination = createRoute({
  getParentRoute: () => shell,
  path: '/destinations/new',
  component: lazyRouteComponent(() => import('./features/destinations/settings/settings'), 'NewDestination'),
  validateSearch: (search): { like?: string } => ({ like: text(search.like) }),
});

const destinationSettings = createRoute({
  getParentRoute: () => shell,
  path: '/destinations/$name/settings',
  component: lazyRouteComponent(() => import('./features/destinations/settings/settings'), 'DestinationSettings'),
});

const caps = createRoute({
  getParentRoute: () => shell,
  path: '/caps',
  component: lazyRouteComponent(() => import('./features/caps/caps'), 'Caps'),
  validateSearch: (search): { kind?: CapKind; reached?: (typeof CAP_MARKS)[number] } => ({
    kind: choice(search.kind, CAP_KINDS),
    reached: CAP_MARKS.find((mark) => mark === search.reached),
  }),
});

const destinationCaps = createRoute({
  getParentRoute: () => shell,
  path: '/destinations/$name/caps',
  component: lazyRouteComponent(() => import('./features/caps/caps'), 'DestinationCaps'),
});

const deliveries = createRoute({
  getParentRoute: () => shell,
  path: '/deliveries',
  component: Deliveries,
  validateSearch: (search): { destination?: string; state?: string } => ({
    destination: text(search.destination),
    state: text(search.state),
  }),
});

const held = createRoute({
  getParentRoute: () => shell,
  path: '/deliveries/held',
  component: lazyRouteComponent(() => import('./features/held/held'), 'Held'),
  validateSearch: (search): { destination?: string; view?: 'released' } => ({
    destination: text(search.destination),
    view: choice(search.view, ['released'] as const),
  }),
});

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./features/jobs/jobs'), 'Jobs'),
});

const job = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$id',
  component: lazyRouteComponent(() => import('./features/jobs/jobs'), 'Job'),
});

const testLead = createRoute({
  getParentRoute: () => shell,
  path: '/destinations/$name/test',
  component: lazyRouteComponent(() => import('./features/test-lead/test-lead'), 'TestLead'),
  validateSearch: (search): { flow?: string } => ({ flow: text(search.flow) }),
});

const flows = createRoute({ getParentRoute: () => shell, path: '/flows', component: Flows });

const flow = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow',
  component: lazyRouteComponent(() => import('./features/flows/flow'), 'Flow'),
  validateSearch: (
    search,
  ): {
    at?: string;
    node?: string;
    finding?: string;
    view?: 'outline';
    fold?: string;
    overlay?: 'traffic' | 'money' | 'whynot';
    dest?: string;
    range?: (typeof RANGES)[number];
  } => ({
    overlay: choice(search.overlay, ['traffic', 'money', 'whynot'] as const),
    dest: text(search.dest),
    ...range(search),
    fold: typeof search.fold === 'string' ? search.fold : undefined,
    at: text(search.at),
    node: text(search.node),
    finding: text(search.finding),
    view: choice(search.view, ['outline'] as const),
  }),
});

const tryLead = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow/try',
  component: lazyRouteComponent(() => import('./features/flows/flow'), 'TryLead'),
  validateSearch: (search): { at?: string } => ({ at: text(search.at) }),
});

const draft = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow/draft',
  component: lazyRouteComponent(() => import('./features/flows/draft/draft'), 'Draft'),
  validateSearch: (search): { node?: string; number?: string; replay?: string } => ({
    node: text(search.node),
    number: text(search.number),
    replay: text(search.replay),
  }),
});

const review = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow/review',
  component: lazyRouteComponent(() => import('./features/flows/review/review'), 'Review'),
});

const versions = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow/versions',
  component: lazyRouteComponent(() => import('./features/flows/review/versions'), 'Versions'),
});

const experiments = createRoute({ getParentRoute: () => shell, path: '/experiments', component: Experiments });

const newExperiment = createRoute({
  getParentRoute: () => shell,
  path: '/experiments/new',
  component: lazyRouteComponent(() => import('./features/experiments/experiment'), 'NewExperiment'),
  validateSearch: (search): { flow?: string } => ({ flow: text(search.flow) }),
});

const experiment = createRoute({
  getParentRoute: () => shell,
  path: '/experiments/$name',
  component: lazyRouteComponent(() => import('./features/experiments/experiment'), 'Experiment'),
});

const allocation = createRoute({
  getParentRoute: () => shell,
  path: '/flows/$flow/allocation',
  component: lazyRouteComponent(() => import('./features/allocation/allocation'), 'Allocation'),
  validateSearch: (
    search,
  ): { node?: string; segment?: string; epoch?: string; range?: (typeof RANGES)[number] | 'all' } => ({
    node: text(search.node),
    segment: text(search.segment),
    epoch: text(search.epoch),
    range: choice(search.range, [...RANGES, 'all'] as const),
  }),
});

const metrics = createRoute({
  getParentRoute: () => shell,
  path: '/trends',
  component: lazyRouteComponent(() => import('./features/metrics/metrics'), 'Metrics'),
  validateSearch: readMetricsSearch,
});

const changes = createRoute({
  getParentRoute: () => shell,
  path: '/changes',
  component: lazyRouteComponent(() => import('./features/changes/changes'), 'Changes'),
  validateSearch: readChangesSearch,
});

const rollouts = createRoute({
  getParentRoute: () => shell,
  path: '/rollouts',
  component: lazyRouteComponent(() => import('./features/rollouts/rollouts'), 'Rollouts'),
});

const newRollout = createRoute({
  getParentRoute: () => shell,
  path: '/rollouts/new',
  component: lazyRouteComponent(() => import('./features/rollouts/rollout'), 'NewRollout'),
  validateSearch: (search): { flow?: string; version?: string } => ({
    flow: text(search.flow),
    version: text(search.version),
  }),
});

const rollout = createRoute({
  getParentRoute: () => shell,
  path: '/rollouts/$name',
  component: lazyRouteComponent(() => import('./features/rollouts/rollout'), 'Rollout'),
});

const sources = createRoute({
  getParentRoute: () => shell,
  path: '/sources',
  component: lazyRouteComponent(() => import('./features/sources/sources'), 'Sources'),
  validateSearch: range,
});

const newSource = createRoute({
  getParentRoute: () => shell,
  path: '/sources/new',
  component: lazyRouteComponent(() => import('./features/sources/sources'), 'NewSource'),
  validateSearch: (search): { preset?: string } => ({ preset: text(search.preset) }),
});

const source = createRoute({
  getParentRoute: () => shell,
  path: '/sources/$name',
  component: lazyRouteComponent(() => import('./features/sources/sources'), 'Source'),
});

const schemas = createRoute({
  getParentRoute: () => shell,
  path: '/schemas',
  component: lazyRouteComponent(() => import('./features/schemas/schemas'), 'Schemas'),
});

const newSchema = createRoute({
  getParentRoute: () => shell,
  path: '/schemas/new',
  component: lazyRouteComponent(() => import('./features/schemas/schemas'), 'NewSchema'),
  validateSearch: (search): { like?: string } => ({ like: text(search.like) }),
});

const schema = createRoute({
  getParentRoute: () => shell,
  path: '/schemas/$vertical',
  component: lazyRouteComponent(() => import('./features/schemas/schemas'), 'Schema'),
});

const replays = createRoute({
  getParentRoute: () => shell,
  path: '/replays',
  component: lazyRouteComponent(() => import('./features/replays/replays'), 'Replays'),
});

const newReplay = createRoute({
  getParentRoute: () => shell,
  path: '/replays/new',
  component: lazyRouteComponent(() => import('./features/replays/replay'), 'NewReplay'),
  validateSearch: (search): { flow?: string; candidate?: string } => ({
    flow: text(search.flow),
    candidate: text(search.candidate),
  }),
});

const replay = createRoute({
  getParentRoute: () => shell,
  path: '/replays/$id',
  component: lazyRouteComponent(() => import('./features/replays/replay'), 'Replay'),
});

const setup = createRoute({
  getParentRoute: () => shell,
  path: '/setup',
  component: lazyRouteComponent(() => import('./features/setup/setup'), 'Setup'),
});

const conversions = createRoute({ getParentRoute: () => shell, path: '/conversions', component: Conversions });
const parked = createRoute({
  getParentRoute: () => shell,
  path: '/conversions/parked',
  component: Parked,
  validateSearch: (search): { reason?: ParkedReason } => ({ reason: choice(search.reason, PARKED_REASONS) }),
});
const returns = createRoute({
  getParentRoute: () => shell,
  path: '/returns',
  component: lazyRouteComponent(() => import('./features/money/statements'), 'Returns'),
  validateSearch: readReturnSearch,
});
const statements = createRoute({
  getParentRoute: () => shell,
  path: '/statements',
  component: lazyRouteComponent(() => import('./features/money/statements'), 'Statements'),
  validateSearch: readStatementSearch,
});
const lists = createRoute({
  getParentRoute: () => shell,
  path: '/lists',
  component: lazyRouteComponent(() => import('./features/lists/lists'), 'Lists'),
});
const newList = createRoute({
  getParentRoute: () => shell,
  path: '/lists/new',
  component: lazyRouteComponent(() => import('./features/lists/lists'), 'NewList'),
});
const list = createRoute({
  getParentRoute: () => shell,
  path: '/lists/$name',
  component: lazyRouteComponent(() => import('./features/lists/lists'), 'List'),
  validateSearch: (search): { version?: number } => ({
    version:
      Number.isInteger(search.version) && (search.version as number) > 1 ? (search.version as number) : undefined,
  }),
});
const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  component: lazyRouteComponent(() => import('./features/people/people'), 'People'),
  validateSearch: (search): { lead?: string } => ({ lead: text(search.lead) }),
});
const erasure = createRoute({
  getParentRoute: () => shell,
  path: '/people/erasures/$id',
  component: lazyRouteComponent(() => import('./features/people/people'), 'Erasure'),
});
const operations = createRoute({
  getParentRoute: () => shell,
  path: '/operations',
  component: lazyRouteComponent(() => import('./features/operations/operations'), 'Operations'),
});
const tokens = createRoute({ getParentRoute: () => shell, path: '/settings/tokens', component: Tokens });
const about = createRoute({ getParentRoute: () => shell, path: '/settings/about', component: About });

const tree = root.addChildren([
  login,
  shell.addChildren([
    overview,
    leads,
    lead,
    destinations,
    newDestination,
    destination,
    destinationSettings,
    caps,
    destinationCaps,
    deliveries,
    held,
    jobs,
    job,
    testLead,
    flows,
    flow,
    tryLead,
    draft,
    review,
    versions,
    experiments,
    newExperiment,
    experiment,
    setup,
    allocation,
    metrics,
    changes,
    rollouts,
    newRollout,
    rollout,
    replays,
    newReplay,
    replay,
    sources,
    newSource,
    source,
    schemas,
    newSchema,
    schema,
    conversions,
    parked,
    returns,
    statements,
    lists,
    newList,
    list,
    people,
    erasure,
    operations,
    tokens,
    about,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: () => (
    <>
      <Heading title="No such page" />
      <Empty title="There is no page at this address." />
    </>
  ),
  defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
