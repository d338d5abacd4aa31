import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { ask } from '../../../graphql/ask';
import type { FlowDocument } from '../../../graphql/flow-document';
import { pollOf, useFollow } from '../../../graphql/follow';
import {
  DraftChanged,
  DraftRevision,
  DraftToEdit,
  type DraftToEditQuery,
  EditDraft,
  type FindingFragment,
  SaveDraft,
} from '../../../graphql/generated';
import { POLL_MS, useAsk } from '../../../graphql/use-ask';
import { useMay } from '../../../shell/session';
import { isTyping } from '../../../ui/keys';
import { Card, Empty, Heading, Loaded } from '../../../ui/parts';
import { Findings } from '../findings';
import { AddNode, type NodeRequest } from './add-node';
import type { Column } from './cells';
import { Conflicts, Refusals } from './conflicts';
import { type Work, WorkContext } from './context';
import { DraftEditor, type Saved, type Server, type Shown } from './editor';
import { FlowSettings } from './flow-settings';
import { Head } from './head';
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
    replace: async (document, expectedRevision) => {
      const input = { document, expectedRevision: expectedRevision ?? 0 };
      const { draft, diagnostics, userErrors } = (await ask(SaveDraft, { input })).saveFlowDraft;
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
  const choose = useCallback((name: string) => void navigate({ search: { node: name }, replace: true }), [navigate]);
  useOthers(flow, editor, shown);
  useUndo(editor);
  const goal = useNextFinding(shown.diagnostics, choose);
  // The node that was gone to from somewhere else than the list of nodes, which keeps the focus.
  const [visited, setVisited] = useState<string | null>(null);
  const [request, setRequest] = useState<NodeRequest | null>(null);
  const visit = useCallback(
    (name: string) => {
      setVisited(name);
      choose(name);
    },
    [choose],
  );
  const work = useWorkOf(editor, shown, { columns, goal, choose: visit, onAsk: setRequest });
  const pick = (name: string) => {
    setVisited(null);
    choose(name);
  };
  const chosen = node !== undefined && shown.document.nodes[node] ? node : shown.document.root;
  return (
    <WorkContext value={work}>
      <Head flow={flow} editor={editor} shown={shown} />
      <Conflicts of={shown.conflicts} editor={editor} />
      <Refusals of={shown.refused} editor={editor} />
      <div className="draft">
        <Card
          title="Nodes"
          aside={
            <button type="button" className="button" onClick={() => setRequest({ then: () => [], onAdded: visit })}>
              Add…
            </button>
          }
        >
          <NodeList document={shown.document} findings={shown.diagnostics} chosen={chosen} onChoose={pick} />
          <Unreached />
          <FlowSettings />
        </Card>
        <section className="card">
          <NodeEditor key={chosen} name={chosen} hasFocus={chosen === visited} />
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

/** What the editors of nodes work on, the same as long as nothing of it changes. */
function useWorkOf(
  editor: DraftEditor,
  { document, diagnostics, checked }: Shown,
  {
    columns,
    goal,
    choose,
    onAsk,
  }: Pick<Work, 'columns' | 'goal' | 'choose'> & { onAsk: (request: NodeRequest) => void },
): Work {
  const { destinations, flows } = useNames(document);
  return useMemo(
    () => ({
      editor,
      document,
      findings: diagnostics,
      checked,
      columns,
      goal,
      destinations,
      flows,
      choose,
      askNew: (then) => onAsk({ then }),
    }),
    [editor, document, diagnostics, checked, columns, goal, destinations, flows, choose, onAsk],
  );
}

/** What nodes may name: destinations, and other flows for leads of the same kind. */
function useNames({ flow, vertical }: FlowDocument): { destinations: string[]; flows: string[] } {
  const all = useFlows();
  const flows = useMemo(
    () => all.flatMap((it) => (it.vertical === vertical && it.name !== flow ? [it.name] : [])),
    [all, flow, vertical],
  );
  return { destinations: useDestinations(), flows };
}

/** Learns of what others save as they save it, or by looking every few seconds where no web socket gets through. */
function useOthers(flow: string, editor: DraftEditor, { revision, status }: Shown) {
  const [told, setTold] = useState(0);
  const isLive = useFollow(DraftChanged, { flow }, ({ draftChanged }) => setTold(draftChanged.revision));
  const asked = useAsk(DraftRevision, { name: flow }, pollOf(isLive));
  const theirs = Math.max(told, asked.data?.flow?.draft?.revision ?? 0);
  useEffect(() => {
    if (status === 'saved' && theirs > (revision ?? 0)) void editor.refresh();
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
    if (goal?.row === null) fieldWithFinding()?.focus();
  }, [goal]);
  return goal;
}

/** The first field of the shown node that something is wrong with. */
function fieldWithFinding(): HTMLElement | null {
  const wrong = document.querySelector<HTMLElement>('.node-editor [aria-invalid="true"]');
  if (wrong) return wrong;
  const place = document.querySelector('.node-editor > * .part-findings')?.parentElement;
  const fields = 'input, select, textarea';
  // What is said of an arm stands in a row of its own, below it.
  return (
    place?.querySelector<HTMLElement>(fields) ??
    place?.closest('tr')?.previousElementSibling?.querySelector<HTMLElement>(fields) ??
    null
  );
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
