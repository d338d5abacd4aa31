import type { TourQuery } from '../../graphql/generated';

/** One thing to see: what it is, and where. */
export interface TourStep {
  title: string;
  text: string;
  /** What to try there. */
  todo: string;
  to: string;
}

/** The tour of seven steps, each at a place of this market. What the market does not have is told where it would be. */
export function tourOf(data: TourQuery): TourStep[] {
  const flow = data.flows.nodes.find(({ stage }) => banditOf(stage) !== undefined) ?? data.flows.nodes[0];
  if (!flow) return [];
  const name = encodeURIComponent(flow.name);
  const bandit = banditOf(flow.stage);
  const other = flow.versions.nodes.find(({ hash }) => hash !== flow.stage?.versionHash);
  // One that somebody refused before has most to tell.
  const lead = data.leads.nodes.find(({ deliveries }) => deliveries.length > 1) ?? data.leads.nodes[0];
  const experiment = data.experiments.nodes[0];
  const capped = data.destinations.nodes.find(({ caps }) => caps.length > 0) ?? data.destinations.nodes[0];
  return [
    {
      title: 'A bandit learns who earns most',
      text: 'Leads are drawn by weights, and the weights follow what leads have brought. The bars beside each arm are what is believed of it.',
      todo: 'Move the slider back: every figure is that of then.',
      to: `/flows/${name}/allocation${bandit ? `?node=${encodeURIComponent(bandit)}` : ''}`,
    },
    {
      title: 'Why this buyer, and why not the others',
      text: 'Each decision is stored with the chance of all that could have happened, and is explained by making it again.',
      todo: 'Press w: every destination has its reason.',
      to: lead ? `/leads/${lead.id}?whynot=true` : '/leads',
    },
    {
      title: 'A change is a draft first',
      text: 'Whatever you change saves itself, is checked at once, and touches no lead. Nobody overwrites anybody.',
      todo: 'Choose a node and change a number, then see what the review says.',
      to: `/flows/${name}/draft`,
    },
    {
      title: 'What would it have earned?',
      text: 'A replay weighs past leads by how likely another version would have sent them the same way. It says by how much, how sure that is, or that the past cannot tell.',
      todo: 'Replay the version that is not live against the one that is.',
      to: `/replays/new?flow=${name}${other ? `&candidate=${other.hash}` : ''}`,
    },
    {
      title: 'An experiment says when it is over',
      text: 'The thick bar holds however often you look, so looking costs nothing. One sentence says what to do.',
      todo: 'Read the sentence, then the bar below it.',
      to: experiment ? `/experiments/${encodeURIComponent(experiment.name)}` : `/experiments/new?flow=${name}`,
    },
    {
      title: 'A cap holds, to the unit',
      text: 'The gauge counts offers that await their answer as used, as the cap itself does. A full one sends leads elsewhere.',
      todo: 'See how full it is, and what became of the latest offers.',
      to: capped ? `/destinations/${encodeURIComponent(capped.name)}` : '/destinations',
    },
    {
      title: 'And back again',
      text: 'A version goes live at once, and the one before comes back as fast. What changes for leads is said before.',
      todo: 'Make the other version live, then roll back.',
      to: `/flows/${name}/versions`,
    },
  ];
}

type Stage = TourQuery['flows']['nodes'][number]['stage'];

function banditOf(stage: Stage): string | undefined {
  const nodes = Object.entries(stage?.version?.document.nodes ?? {});
  return nodes.find(([, node]) => node.kind === 'bandit')?.[0];
}
