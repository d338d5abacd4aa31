import { Link, useNavigate } from '@tanstack/react-router';
import { CloudOff, Undo2 } from 'lucide-react';
import type { MouseEvent } from 'react';
import { Heading, StateChip } from '../../../ui/parts';
import type { DraftEditor, Shown } from './editor';

/** The head of a draft: how far it is saved, what is done with it next, and what somebody else did to it. */
export function Head({ flow, editor, shown }: { flow: string; editor: DraftEditor; shown: Shown }) {
  const leave = useNavigate();
  // What was typed a moment ago is part of what is tried and reviewed.
  const afterSaving = (event: MouseEvent, go: () => Promise<void>) => {
    if (shown.nWaiting === 0) return;
    event.preventDefault();
    void editor.drain().then(go);
  };
  return (
    <>
      <Heading title={`Draft of ${flow}`}>
        <div className="actions">
          <SaveState of={shown} />
          <button type="button" className="button" disabled={!shown.canUndo} onClick={() => editor.undo()}>
            <Undo2 aria-hidden size={15} /> Undo
          </button>
          <Link
            to="/flows/$flow/try"
            params={{ flow }}
            search={{ at: 'draft' }}
            className="button"
            onClick={(event) =>
              afterSaving(event, () => leave({ to: '/flows/$flow/try', params: { flow }, search: { at: 'draft' } }))
            }
          >
            Try a lead
          </Link>
          <Link
            to="/flows/$flow/review"
            params={{ flow }}
            className="button primary"
            onClick={(event) => afterSaving(event, () => leave({ to: '/flows/$flow/review', params: { flow } }))}
          >
            Review
          </Link>
        </div>
      </Heading>
      {shown.status === 'offline' && (
        <p className="band-inline" role="status">
          <CloudOff aria-hidden size={15} /> The server does not answer. {shown.nWaiting}{' '}
          {shown.nWaiting === 1 ? 'edit waits' : 'edits wait'} in this browser and will be saved in order.
        </p>
      )}
      {shown.notice && (
        <p className="band-inline" role="status">
          {shown.notice}{' '}
          <button type="button" className="link" onClick={() => editor.dismiss()}>
            Got it
          </button>
        </p>
      )}
    </>
  );
}

const WORDS: Record<Shown['status'], string> = {
  saved: 'saved',
  saving: 'saving…',
  waiting: 'saving…',
  offline: 'offline',
  'signed-out': 'signed out: edits wait',
};

function SaveState({ of: { status, nWaiting, revision, conflicts } }: { of: Shown }) {
  const state =
    conflicts.length > 0
      ? 'CONFLICT'
      : status === 'saved'
        ? 'AVAILABLE'
        : status === 'offline' || status === 'signed-out'
          ? 'CLOSED'
          : 'SENDING';
  const waits =
    status === 'offline' && nWaiting > 0 ? `: ${nWaiting} ${nWaiting === 1 ? 'edit waits' : 'edits wait'}` : '';
  const label =
    conflicts.length > 0
      ? 'conflict'
      : status === 'saved'
        ? revision === null
          ? 'as the live version'
          : `saved, revision ${revision}`
        : `${WORDS[status]}${waits}`;
  return (
    <span role="status">
      <StateChip state={state} label={label} />
    </span>
  );
}
