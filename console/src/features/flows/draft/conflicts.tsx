import { Sentence } from '../../../ui/parts';
import { cellText } from './cells';
import { type Conflict, isSame, placeWords, type Row, type Single } from './changes';
import type { DraftEditor } from './editor';
import type { Refusal } from './journal';
import { overTheirs } from './rebase';

/** Places that two people changed: what it was, what they made of it, and what I did. Nothing is lost until one decides. */
export function Conflicts({ of, editor }: { of: Conflict[]; editor: DraftEditor }) {
  if (of.length === 0) return null;
  return (
    <section className="conflicts" aria-label="Conflicts">
      <h2>
        {of.length === 1 ? 'One place was' : `${of.length} places were`} changed by somebody else too: choose what holds
      </h2>
      {of.map((conflict) => (
        <div className="conflict" key={conflict.change.id}>
          <strong>{placeWords(conflict.change)}</strong>
          {placesOf(conflict).map(({ part, theirs }, at) => (
            <dl key={at}>
              {conflict.change.kind === 'group' && <Said name="At" value={placeWords(part)} />}
              <Said name="It was" value={said(part, part.before)} />
              <Said name="They saved" value={said(part, theirs)} />
              <Said name="You wrote" value={said(part, part.after)} />
            </dl>
          ))}
          <div className="ask-buttons">
            <button type="button" className="button" onClick={() => editor.decide(conflict, 'theirs')}>
              Take theirs
            </button>
            {overTheirs(editor.look().document, conflict.change) && (
              <button type="button" className="button" onClick={() => editor.decide(conflict, 'mine')}>
                Keep mine
              </button>
            )}
          </div>
        </div>
      ))}
    </section>
  );
}

/** The places of a conflict: of a group, those that somebody else changed. */
function placesOf({ change, theirs }: Conflict): { part: Single; theirs: unknown }[] {
  if (change.kind !== 'group') return [{ part: change, theirs }];
  const all = change.parts.map((part, at) => ({ part, theirs: (theirs as unknown[])[at] }));
  return all.filter((it) => !isSame(it.theirs, it.part.before));
}

function Said({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{value}</dd>
    </div>
  );
}

/** A value of the place of a change, as people read it. */
export function said(change: Single, value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (change.kind === 'row') {
    const row = value as Row;
    const cells = row.cells.map((cell) => cellText(cell) || 'any').join(' | ');
    return `${cells}${row.if ? ` | if ${row.if}` : ''} → ${row.to}`;
  }
  if (change.kind === 'weights') {
    const weights = Object.entries(value as Record<string, number>);
    return weights.map(([arm, ppm]) => `${arm} ${ppm / 10_000} %`).join(', ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the server did not take, with its reason. */
export function Refusals({ of, editor }: { of: Refusal[]; editor: DraftEditor }) {
  if (of.length === 0) return null;
  return (
    <section className="conflicts" aria-label="Not saved">
      <h2>Not saved</h2>
      {of.map((refusal) => (
        <div className="conflict" key={refusal.change.id}>
          <strong>{placeWords(refusal.change)}</strong>
          <p className="field-errors">
            <Sentence text={refusal.message} />
          </p>
          {(refusal.change.kind === 'group' ? refusal.change.parts : [refusal.change]).map((part, at) => (
            <dl key={at}>
              <Said name="You wrote" value={said(part, part.after)} />
            </dl>
          ))}
          <div className="ask-buttons">
            <button type="button" className="button" onClick={() => editor.drop(refusal)}>
              Drop it
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}
