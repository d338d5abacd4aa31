import { Sentence } from '../../../ui/parts';
import { cellText } from './cells';
import { type Change, type Conflict, overTheirs, placeWords, type Row } from './changes';
import type { DraftEditor } from './editor';
import type { Refusal } from './journal';

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
          <dl>
            <Said name="It was" value={said(conflict.change, conflict.change.before)} />
            <Said name="They saved" value={said(conflict.change, conflict.theirs)} />
            <Said name="You wrote" value={said(conflict.change, conflict.change.after)} />
          </dl>
          <div className="ask-buttons">
            <button type="button" className="button" onClick={() => editor.decide(conflict, 'theirs')}>
              Take theirs
            </button>
            {overTheirs(conflict) && (
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

function Said({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{value}</dd>
    </div>
  );
}

/** A value of the place of a change, as people read it. */
export function said(change: Change, value: unknown): string {
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
          <dl>
            <Said
              name="You wrote"
              value={said(refusal.change, 'after' in refusal.change ? refusal.change.after : null)}
            />
          </dl>
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
