import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { CloudOff, Undo2 } from 'lucide-react';
import { type MouseEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { ask } from '../../../graphql/ask';
import type { FlowDocument } from '../../../graphql/flow-document';
import {
  DraftRevision,
  DraftToEdit,
  type DraftToEditQuery,
  EditDraft,
  type FindingFragment,
} from '../../../graphql/generated';
import { POLL_MS, useAsk } from '../../../graphql/use-ask';
import { useMay } from '../../../shell/session';
import { isTyping } from '../../../ui/keys';
import { Card, Empty, Heading, Loaded, StateChip } from '../../../ui/parts';
import { Findings } from '../findings';
import { AddNode, type NodeRequest } from './add-node';
import type { Column } from './cells';
import { Conflicts, Refusals } from './conflicts';
import { WorkContext } from './context';
import { DraftEditor, type Saved, type Server, type Shown } from './editor';
import { browserJournal } from './journal';
import { useDestinations, useFlows } from './names';
import { type Goal, nextFinding } from './next-finding';
import { NodeEditor } from './node-editor';
import { NodeList } from './node-list';
import { Unreached } from './unreached';

/** The draft of a flow, to be changed: it saves itself, and what two people do at once is put together. */
export function Draft() {
  const { flow } = useParams({ from: '/shell/flows/$flow/draft' });
  const may = useMay('EDIT');
  // Asked once: from then on the editor knows what the server has.
  const loaded = useAsk(DraftToEdit, { name: flow }, { enabled: may, staleMs: Number.POSITIVE_INFINITY });
  return (
    <>
      {!may && (
        <>
          <Heading title={`Draft of ${flow}`} />
          <Empty title="Drafts are changed by editors and admins.">
            <p>
              <Link to="/flows/$flow" params={{ flow }} search={{ at: 'draft' }}>
                Look at it
              </Link>
            </p>
          </Empty>
        </>
      )}
      {may && (
        <Loaded of={loaded}>
          {(data) => {
            const saved = savedOf(data);
            if (!saved || !data.flow) {
              return (
                <>
                  <Heading title={`Draft of ${flow}`} />
                  <Empty title="There is no such flow, or it has neither a draft nor a version." />
                </>
              );
            }
            return <Opened key={flow} flow={flow} saved={saved} columns={data.flow.leadSchema?.fields ?? []} />;
          }}
        </Loaded>
      )}
    </>
  );
}

/** The draft, or the version that the first edit begins from. */
function savedOf({ flow }: DraftToEditQuery): Saved | null {
  if (flow?.draft) return flow.draft;
  const version = flow?.stage?.version ?? flow?.versions.nodes[0];
  return version ? { document: version.document, revision: null, diagnostics: [] } : null;
}

function serverOf(flow: string): Server {
  return {
    load: async () => {
      const saved = savedOf(await ask(DraftToEdit, { name: flow }));
      if (!saved) throw new Error('the flow is gone');
      return saved;
    },
    save: async (edits, expectedRevision) => {
      const { editFlowDraft } = await ask(EditDraft, { input: { flow, edits, expectedRevision } });
      const { draft, diagnostics, userErrors } = editFlowDraft;
      return draft && userErrors.length === 0 ? { revision: draft.revision, diagnostics } : { mistakes: userErrors };
    },
  };
}

function Opened({ flow, saved, columns }: { flow: string; saved: Saved; columns: Column[] }) {
  const [editor, setEditor] = useState<DraftEditor | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor keeps up with the server by itself
  useEffect(() => {
    const opened = new DraftEditor(serverOf(flow), browserJournal(flow), saved);
    setEditor(opened);
    const hurry = () => opened.hurry();
    window.addEventListener('online', hurry);
    const timer = setInterval(() => opened.tick(), POLL_MS);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', hurry);
      opened.close();
    };
  }, [flow]);
  return editor ? <Edited flow={flow} editor={editor} columns={columns} /> : null;
}

function Edited({ flow, editor, columns }: { flow: string; editor: DraftEditor; columns: Column[] }) {
  const shown = useSyncExternalStore(editor.subscribe, editor.look);
  const { node } = useSearch({ from: '/shell/flows/$flow/draft' });
  const navigate = useNavigate({ from: '/flows/$flow/draft' });
  const leave = useNavigate();
  const choose = (name: string) => void navigate({ search: { node: name }, replace: true });
  // What was typed a moment ago is part of what is tried and reviewed.
  const afterSaving = (event: MouseEvent, go: () => Promise<void>) => {
    if (shown.nWaiting === 0) return;
    event.preventDefault();
    void editor.drain().then(go);
  };
  useOthers(flow, editor, shown);
  useUndo(editor);
  const goal = useNextFinding(shown.diagnostics, choose);
  const [request, setRequest] = useState<NodeRequest | null>(null);
  const [added, setAdded] = useState<string | null>(null);
  const names = useNames(shown.document);
  const work = {
    editor,
    document: shown.document,
    findings: shown.diagnostics,
    columns,
    goal,
    ...names,
    choose: (name: string) => {
      setAdded(name);
      choose(name);
    },
    askNew: (then: NodeRequest['then']) => setRequest({ then }),
  };
  const chosen = node !== undefined && shown.document.nodes[node] ? node : shown.document.root;
  return (
    <WorkContext value={work}>
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
      <Conflicts of={shown.conflicts} editor={editor} />
      <Refusals of={shown.refused} editor={editor} />
      <div className="draft">
        <Card
          title="Nodes"
          aside={
            <button
              type="button"
              className="button"
              onClick={() => setRequest({ then: () => [], onAdded: work.choose })}
            >
              Add…
            </button>
          }
        >
          <NodeList document={shown.document} findings={shown.diagnostics} chosen={chosen} onChoose={choose} />
          <Unreached />
        </Card>
        <section className="card">
          <NodeEditor key={chosen} name={chosen} hasFocus={chosen === added} />
        </section>
      </div>
      <AddNode request={request} onClose={() => setRequest(null)} />
      <Findings
        diagnostics={shown.diagnostics}
        onChoose={choose}
        example={(finding) => (
          <Link to="/flows/$flow" params={{ flow }} search={{ at: 'draft', finding }}>
            Show an example lead
          </Link>
        )}
      />
    </WorkContext>
  );
}

/** What nodes may name: destinations, and other flows for leads of the same kind. */
function useNames({ flow, vertical }: FlowDocument): { destinations: string[]; flows: string[] } {
  const all = useFlows();
  const others = all.filter((it) => it.vertical === vertical && it.name !== flow);
  return { destinations: useDestinations(), flows: others.map(({ name }) => name) };
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

/** Looks for what others save, every few seconds. */
function useOthers(flow: string, editor: DraftEditor, { revision, status }: Shown) {
  const asked = useAsk(DraftRevision, { name: flow }, { poll: true });
  const theirs = asked.data?.flow?.draft?.revision;
  useEffect(() => {
    if (status === 'saved' && theirs !== undefined && theirs > (revision ?? 0)) void editor.refresh();
  }, [editor, theirs, revision, status]);
}

/** F8 goes to the next finding, also out of a field: to its node, and to its row or field there. */
function useNextFinding(findings: readonly FindingFragment[], choose: (node: string) => void): Goal | null {
  const [goal, setGoal] = useState<Goal | null>(null);
  const latest = useRef({ findings, choose, goal });
  latest.current = { findings, choose, goal };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'F8') return;
      event.preventDefault();
      const { findings: all, choose: show, goal: last } = latest.current;
      const next = nextFinding(all, last);
      if (!next) return;
      setGoal(next);
      show(next.node);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  useEffect(() => {
    if (goal?.row === null) document.querySelector<HTMLElement>('.node-editor [aria-invalid="true"]')?.focus();
  }, [goal]);
  return goal;
}

/** Ctrl Z, but where the browser takes back what was typed. */
function useUndo(editor: DraftEditor) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 'z' || isTyping(event.target)) return;
      event.preventDefault();
      editor.undo();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [editor]);
}
