import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ReplayForm, type ReplayFormQuery, StartReplay } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { Choice } from '../../ui/choice';
import { FormProblems, Mistakes, mistakesAt, otherMistakes, scaled, TextField } from '../../ui/form';
import { useNow } from '../../ui/now';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';

/** Asks the past what another version would have earned. */
export function NewReplay() {
  const form = useAsk(ReplayForm, {}, { staleMs: 10_000 });
  return (
    <>
      <Heading title="Replay a version" />
      <Loaded of={form}>
        {({ flows }) => {
          const published = flows.nodes.filter(({ versions }) => versions.nodes.length > 0);
          return published.length === 0 ? (
            <Empty title="No flow has a version yet.">
              <p>Publish one first: a replay compares versions over leads that have come.</p>
            </Empty>
          ) : (
            <Form flows={published} />
          );
        }}
      </Loaded>
    </>
  );
}

type Flow = ReplayFormQuery['flows']['nodes'][number];

/** The word for no version: what was decided at the time, by whichever version was live. */
const AS_DECIDED = 'as-decided';
const RANGES = ['7', '30', '90', 'all'] as const;

/** The version that is most likely asked about: the newest that is not live, or else the newest. */
function candidateOf(flow: Flow | undefined): string {
  const versions = flow?.versions.nodes ?? [];
  return (versions.find(({ hash }) => hash !== flow?.stage?.versionHash) ?? versions[0])?.hash ?? '';
}

function Form({ flows }: { flows: Flow[] }) {
  const asked = useSearch({ from: '/shell/replays/new' });
  const navigate = useNavigate();
  const now = useNow();
  const [name, setName] = useState(asked.flow ?? (flows.length === 1 ? (flows[0]?.name ?? '') : ''));
  const flow = flows.find((it) => it.name === name);
  const [candidate, setCandidate] = useState(asked.candidate ?? candidateOf(flow));
  const [baseline, setBaseline] = useState(flow?.stage?.versionHash ?? AS_DECIDED);
  const [days, setDays] = useState<(typeof RANGES)[number]>('30');
  const [window, setWindow] = useState('30');
  const change = useChange(StartReplay, (answer) => answer.startSimulation);
  const windowDays = scaled(window, 1);
  const isWindow = windowDays !== null && windowDays >= 0 && windowDays <= 365;
  const shown = (hash: string) => {
    const version = flow?.versions.nodes.find((it) => it.hash === hash);
    const live = hash === flow?.stage?.versionHash ? ', live' : '';
    return version ? `${version.number}${live}${version.message && `: ${version.message}`}` : hash.slice(0, 12);
  };
  const hashes = flow?.versions.nodes.map(({ hash }) => hash) ?? [];
  const send = async () => {
    const from = days === 'all' ? null : Math.round((now - Number(days) * 86_400_000) * 1_000);
    const made = await change.send({
      input: {
        scenario: {
          flow: name,
          candidate,
          ...(baseline === AS_DECIDED ? {} : { baseline }),
          ...(from === null ? {} : { from }),
          attribution_window_days: windowDays,
        },
      },
    });
    if (made?.simulation) await navigate({ to: '/replays/$id', params: { id: made.simulation.id } });
  };
  return (
    <form
      className="rollout-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      noValidate
    >
      <Card title="What is asked">
        <div className="field-row">
          <Choice
            label="Flow"
            value={name || undefined}
            options={flows.map((it) => it.name)}
            none="choose one"
            onChange={(next) => {
              const other = flows.find((it) => it.name === next);
              setName(next ?? '');
              setCandidate(candidateOf(other));
              setBaseline(other?.stage?.versionHash ?? AS_DECIDED);
            }}
          />
          <Choice
            label="What would have come of version"
            value={candidate || undefined}
            options={hashes}
            show={shown}
            none="choose one"
            onChange={(next) => setCandidate(next ?? '')}
          />
          <Choice
            label="Against"
            value={baseline}
            options={[AS_DECIDED, ...hashes]}
            show={(hash) => (hash === AS_DECIDED ? 'what was decided at the time' : `version ${shown(hash)}`)}
            isRequired
            onChange={(next) => setBaseline(next ?? AS_DECIDED)}
          />
        </div>
        <Mistakes of={mistakesAt(change.mistakes, 'scenario')} />
        {candidate !== '' && candidate === baseline && (
          <p className="faint">Both are the same version: the difference will be 0.</p>
        )}
      </Card>
      <Card title="Which leads">
        <div className="field-row">
          <Choice
            label="Received in the last"
            value={days}
            options={RANGES}
            show={(it) => (it === 'all' ? 'time that is stored' : `${it} days`)}
            isRequired
            onChange={(next) => setDays(next ?? '30')}
          />
          <TextField
            label="A lead may bring money for"
            kind="number"
            unit="days"
            value={window}
            onChange={setWindow}
            mistakes={
              isWindow ? [] : [{ path: [], code: 'number', message: 'this is no number of days', hint: 'write 30' }]
            }
            hint="Younger leads are left out: what they still bring is not known."
          />
        </div>
      </Card>
      <FormProblems mistakes={otherMistakes(change.mistakes, 'scenario')} fault={change.fault} />
      <div className="ask-buttons">
        <button
          type="submit"
          className="button primary"
          disabled={change.isBusy || name === '' || candidate === '' || !isWindow}
        >
          {change.isBusy ? 'Sending…' : 'Replay it'}
        </button>
        <span className="faint">Nothing is sent to anybody: the stored decisions are read again.</span>
      </div>
    </form>
  );
}
