import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { RollBackStage } from '../../../graphql/generated';
import { useChange } from '../../../graphql/use-change';
import { FormProblems } from '../../../ui/form';
import type { Published } from './review';

/** What was published a moment ago, and the way back. */
export function Undo({
  flow,
  published: { number, hash, stageRevision, why },
  onAgain,
}: {
  flow: string;
  published: Published;
  onAgain: () => void;
}) {
  const back = useChange(RollBackStage, (answer) => answer.rollBackStage);
  const [undone, setUndone] = useState<number | null>(null);
  if (undone !== null) {
    return (
      <section className="verdict-banner verdict-keep" aria-label="Undone">
        <strong>Version {undone} is live again.</strong>
        <p>
          Version {number} stays among the <Versions flow={flow} />, and the draft as it was.
        </p>
      </section>
    );
  }
  return (
    <section className={`verdict-banner ${why === null ? 'verdict-ship' : 'verdict-stop'}`} aria-label="Published">
      <strong>
        {stageRevision !== null ? `Version ${number} is live.` : `Version ${number} is published, and not live.`}
      </strong>
      {why !== null && <p>It should have become live, but {why}.</p>}
      <p>
        <Link to="/flows/$flow" params={{ flow }} search={{ at: hash }}>
          Look at it
        </Link>
        , or go to the <Versions flow={flow} />.
      </p>
      <FormProblems mistakes={back.mistakes} fault={back.fault} />
      <div className="ask-buttons">
        {stageRevision !== null && number > 1 && (
          <button
            type="button"
            className="button"
            disabled={back.isBusy}
            onClick={() => {
              // Of exactly this move: what somebody else did since is not taken back.
              const input = { flow, stage: 'live', expected: { revision: stageRevision } };
              void back.send({ input }).then((done) => {
                if (done?.stage?.version) setUndone(done.stage.version.number);
              });
            }}
          >
            Undo: make the version before live again
          </button>
        )}
        {why !== null && (
          <button type="button" className="button" onClick={onAgain}>
            Review again
          </button>
        )}
      </div>
    </section>
  );
}

function Versions({ flow }: { flow: string }) {
  return (
    <Link to="/flows/$flow/versions" params={{ flow }}>
      versions
    </Link>
  );
}
