import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { MoveStage, PublishFlow, Review as ReviewOperation, type ReviewQuery } from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import { useChange } from '../../../graphql/use-change';
import { useMay } from '../../../shell/session';
import { CheckField, FormProblems, TextField } from '../../../ui/form';
import { count } from '../../../ui/format';
import { Card, Empty, Heading, Loaded, Sentence, StateChip, Time } from '../../../ui/parts';
import { changeText } from '../../../ui/sentences';
import { flowParts, nodeDiffs } from './diff';
import { Differences } from './differences';
import { Evidence } from './evidence';
import { Undo } from './undo';

/** What publishing the draft would change: in words, cell by cell, and by what the checks say. */
export function Review() {
  const { flow: name } = useParams({ from: '/shell/flows/$flow/review' });
  const asked = useAsk(ReviewOperation, { name }, { poll: true });
  return (
    <>
      <Heading title={`Review of ${name}`}>
        <Link to="/flows/$flow/draft" params={{ flow: name }} search={{}} className="button">
          Back to the draft
        </Link>
      </Heading>
      <Loaded of={asked}>
        {({ flow }) => (flow ? <Found key={name} now={flow} /> : <Empty title="There is no flow with this name." />)}
      </Loaded>
    </>
  );
}

type Flow = NonNullable<ReviewQuery['flow']>;

/** A version that leads are routed by after it was published here. */
export interface Published {
  number: number;
  hash: string;
  /** Revision of the stage once it pointed to the version; none if the version is not live. */
  stageRevision: number | null;
  /** Why it is not live, though it should be. */
  why: string | null;
}

function Found({ now }: { now: Flow }) {
  // What is read is what is published: whatever changes meanwhile is told, and shown only when it is asked for.
  const [reviewed, setReviewed] = useState(now);
  const [published, setPublished] = useState<Published | null>(null);
  if (published) {
    return (
      <Undo
        flow={now.name}
        published={published}
        onAgain={() => {
          setReviewed(now);
          setPublished(null);
        }}
      />
    );
  }
  const { draft } = reviewed;
  if (!draft) return <Empty title="This flow has no draft." />;
  const base = baseOf(reviewed);
  const stale = staleness(reviewed, now);
  return (
    <>
      {stale && (
        <p className="band-inline" role="status">
          {stale}{' '}
          <button type="button" className="link" onClick={() => setReviewed(now)}>
            Show what is there now
          </button>
        </p>
      )}
      {draft.changes !== null && draft.changes.length === 0 ? (
        <Empty title={`Nothing differs from version ${base?.number ?? ''}.`} />
      ) : (
        <div className="review">
          <div className="review-main">
            <Words flow={reviewed} />
            <Cells flow={reviewed} />
            <Evidence
              flow={reviewed.name}
              document={draft.document}
              live={reviewed.stage?.versionHash ?? null}
              hasErrors={draft.diagnostics.some(({ severity }) => severity === 'ERROR')}
            />
          </div>
          <Publish flow={reviewed} onPublished={setPublished} />
        </div>
      )}
    </>
  );
}

/** The version that the draft is compared with. */
function baseOf(flow: Flow) {
  return flow.stage?.version ?? flow.versions.nodes[0];
}

function staleness(reviewed: Flow, now: Flow): string | null {
  const parts: string[] = [];
  if (now.draft && reviewed.draft && now.draft.revision !== reviewed.draft.revision) {
    parts.push(`the draft is at revision ${now.draft.revision} now, and you read revision ${reviewed.draft.revision}`);
  }
  if (now.stage && now.stage.revision !== reviewed.stage?.revision) {
    parts.push(`${now.stage.movedBy} moved live to version ${now.stage.version?.number ?? '?'}`);
  }
  const [first] = parts;
  if (first === undefined) return null;
  const text = parts.join('; ');
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function Words({ flow }: { flow: Flow }) {
  const changes = flow.draft?.changes;
  const base = baseOf(flow);
  if (!changes) {
    return (
      <Card title="In words">
        <p>This is the first version of the flow.</p>
      </Card>
    );
  }
  return (
    <Card
      title={`${count(changes.length)} ${changes.length === 1 ? 'change' : 'changes'} against version ${base?.number}`}
      aside={
        flow.stage ? (
          <span className="faint">
            live since <Time at={flow.stage.movedAt} />
          </span>
        ) : (
          <span className="faint">not live</span>
        )
      }
    >
      <ul className="change-list">
        {changes.slice(0, 100).map(({ node, part, message }) => (
          <li key={`${node} ${part} ${message}`}>
            <Sentence text={changeText(message)} />
          </li>
        ))}
        {changes.length > 100 && <li className="faint">and {count(changes.length - 100)} more</li>}
      </ul>
    </Card>
  );
}

function Cells({ flow }: { flow: Flow }) {
  const base = baseOf(flow)?.document;
  const draft = flow.draft?.document;
  const nodes = useMemo(() => (base && draft ? nodeDiffs(base, draft) : []), [base, draft]);
  const parts = useMemo(() => (base && draft ? flowParts(base, draft) : []), [base, draft]);
  if (nodes.length + parts.length === 0) return null;
  return (
    <Card title="Cell by cell">
      <Differences nodes={nodes} flow={parts} />
    </Card>
  );
}

/** The checks, the message, and the button: errors stop, and each warning is taken note of. */
function Publish({ flow, onPublished }: { flow: Flow; onPublished: (published: Published) => void }) {
  const may = useMay('EDIT');
  const diagnostics = flow.draft?.diagnostics ?? [];
  const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
  const warnings = diagnostics.filter(({ severity }) => severity !== 'ERROR');
  const [noted, setNoted] = useState<string[]>([]);
  const [message, setMessage] = useState('');
  const [goesLive, setGoesLive] = useState(true);
  const publish = useChange(PublishFlow, (answer) => answer.publishFlow);
  const move = useChange(MoveStage, (answer) => answer.moveStage);
  const open = warnings.filter((it) => !noted.includes(keyOf(it)));
  const why = !may
    ? 'Publishing needs an editor.'
    : errors.length > 0
      ? `${errors.length === 1 ? 'An error stops' : `${errors.length} errors stop`} it.`
      : open.length > 0
        ? 'Take note of each warning first.'
        : null;
  const send = async () => {
    const made = await publish.send({
      input: {
        flow: flow.name,
        message,
        expectedRevision: flow.draft?.revision ?? null,
        setLiveIfFirst: goesLive && flow.stage === null,
      },
    });
    const version = made?.flowVersion;
    if (!version) return;
    const done = { number: version.number, hash: version.hash };
    if (!goesLive || flow.stage === null) {
      onPublished({ ...done, stageRevision: made.live?.revision ?? null, why: null });
      return;
    }
    const input = {
      flow: flow.name,
      stage: 'live',
      version: version.hash,
      expected: { revision: flow.stage.revision },
    };
    const moved = await move.send({ input });
    const refusal = 'the stage live was moved while you read, or the version would not run';
    onPublished({ ...done, stageRevision: moved?.stage?.revision ?? null, why: moved ? null : refusal });
  };
  return (
    <section className="card review-side">
      <header>
        <h2>Checks</h2>
      </header>
      {diagnostics.length === 0 && (
        <p>
          <StateChip state="AVAILABLE" label="nothing found" />
        </p>
      )}
      {errors.map((it) => (
        <p key={keyOf(it)} className="check-error">
          <StateChip state="ERROR" /> <strong>{it.node}</strong> <Sentence text={it.message} />
        </p>
      ))}
      {warnings.map((it) => (
        <CheckField
          key={keyOf(it)}
          label={`${it.node ? `${it.node}: ` : ''}${it.message.replaceAll('`', '')}`}
          checked={noted.includes(keyOf(it))}
          onChange={(checked) =>
            setNoted((old) => (checked ? [...old, keyOf(it)] : old.filter((other) => other !== keyOf(it))))
          }
        />
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        noValidate
      >
        <TextField label="What changes, and why" kind="long" value={message} onChange={setMessage} />
        <CheckField
          label={
            flow.stage
              ? `Make it live in place of version ${flow.stage.version?.number ?? '?'}`
              : 'Make it live: leads are routed by it at once'
          }
          checked={goesLive}
          onChange={setGoesLive}
        />
        <FormProblems mistakes={[...publish.mistakes, ...move.mistakes]} fault={publish.fault ?? move.fault} />
        <button type="submit" className="button primary" disabled={why !== null || publish.isBusy || move.isBusy}>
          {goesLive ? 'Publish and make it live' : 'Publish'}
        </button>
        {why && <p className="faint">{why}</p>}
      </form>
    </section>
  );
}

function keyOf({
  code,
  node,
  part,
  message,
}: {
  code: string;
  node: string | null;
  part: string | null;
  message: string;
}) {
  return [code, node, part, message].join(' ');
}
