import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useMay } from '../../../shell/session';
import { LeadLink } from '../../../ui/lead-link';
import { Sentence } from '../../../ui/parts';
import { usePreferences } from '../../../ui/preferences';
import type { Names } from './completion';
import { CompletionList } from './completion-list';
import { checkedAt, FindingsOf, findingsAt, useWork } from './context';
import { EarnButtons } from './earn-buttons';
import { historyWords, shownOf, uncountedWords } from './predicate-words';
import { cutAt, type Piece, piecesOf } from './spans';
import { useCompletion } from './use-completion';
import { useNames } from './use-names';
import { type Asked, usePredicate } from './use-predicate';

/** A predicate: text in the language of predicates, with what fits while it is typed, what the checks say of it, and how often it
 * would have held. */
export function Predicate({ node, part, value, label }: { node: string; part: string; value: string; label: string }) {
  const work = useWork();
  const { checked, findings, setValue } = work;
  const id = useId();
  const [isUsed, setUsed] = useState(false);
  const names = useNames(node, isUsed);
  // Each question looks at thousands of leads: of the many entries of a scorecard, those are asked that somebody goes to.
  const { answer, isPending } = usePredicate(checked, value, useMay('READ'), isUsed || part === 'if');
  const told = findingsAt(findings, node, part);
  const { said, drawn } = shownOf(told, part, checkedAt(work, node, part) === value, answer);
  const pieces = piecesOf(value, drawn);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens for what bubbles up from the field
    <div className="field field-long" onFocus={() => setUsed(true)}>
      <label htmlFor={id}>{label}</label>
      <PredicateText
        id={id}
        value={value}
        pieces={pieces}
        names={names}
        isWrong={said.some(({ severity }) => severity === 'ERROR')}
        describedBy={
          [said.length > 0 && `${id}-findings`, answer && `${id}-history`].filter(Boolean).join(' ') || undefined
        }
        onText={(text) => setValue(node, part, text)}
      />
      <FindingsOf of={said} id={`${id}-findings`} />
      <History id={`${id}-history`} of={answer} isPending={isPending} />
      <EarnButtons node={node} part={part} />
    </div>
  );
}

/** The text itself. Behind it stands the same text, unseen, which has the underlines and the place of the list. */
function PredicateText({
  id,
  value,
  pieces,
  names,
  isWrong,
  describedBy,
  onText,
}: {
  id: string;
  value: string;
  pieces: Piece[];
  names: Names;
  isWrong: boolean;
  describedBy: string | undefined;
  onText: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  const completion = useCompletion(field, value, names, onText);
  const { offer, chosen } = completion;
  const [before, after] = cutAt(pieces, offer?.from ?? 0);
  const fit = () => {
    if (!field.current || !mirror.current) return;
    mirror.current.style.width = `${field.current.clientWidth}px`;
    mirror.current.style.height = `${field.current.clientHeight}px`;
    mirror.current.scrollTop = field.current.scrollTop;
  };
  useLayoutEffect(fit);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it reads what is there when the size changes
  useEffect(() => {
    const observer = new ResizeObserver(fit);
    if (field.current) observer.observe(field.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="predicate-text">
      <div className="predicate-mirror mono" ref={mirror} aria-hidden>
        <Pieces of={before} />
        <span ref={anchor} />
        <Pieces of={after} />
        {'\n'}
      </div>
      <textarea
        id={id}
        ref={field}
        className="mono"
        rows={Math.min(6, 1 + value.split('\n').length)}
        spellCheck={false}
        autoCapitalize="off"
        value={value}
        aria-invalid={isWrong}
        aria-describedby={describedBy}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={offer ? `${id}-options` : undefined}
        aria-activedescendant={offer && chosen >= 0 ? `${id}-option-${chosen}` : undefined}
        onChange={(event) => {
          completion.onTyped(event.target.selectionStart);
          onText(event.target.value);
        }}
        onSelect={(event) => completion.onCaret(event.currentTarget.selectionStart)}
        onKeyDown={(event) => {
          if (!completion.onKey(event) && event.key === 'Escape') event.currentTarget.blur();
        }}
        onBlur={completion.close}
        onScroll={fit}
      />
      {offer && (
        <CompletionList
          id={id}
          options={offer.options}
          chosen={chosen}
          place={(list) => placeBelow(list, anchor.current, field.current)}
          onTake={(option) => completion.accept(offer, option)}
        />
      )}
      <span className="visually-hidden" aria-live="polite">
        {offer ? `${offer.options.length} that ${offer.options.length === 1 ? 'fits' : 'fit'}` : ''}
        {completion.isEmpty ? 'Nothing fits here' : ''}
      </span>
    </div>
  );
}

/** Puts a list below the line that an anchor is in, or above it where the list would be out of sight. */
function placeBelow(list: HTMLElement, anchor: HTMLElement | null, field: HTMLElement | null): void {
  if (!anchor || !field) return;
  const { top } = field.getBoundingClientRect();
  const height = anchor.offsetHeight;
  const line = Math.max(0, Math.min(anchor.offsetTop - field.scrollTop, field.clientHeight - height));
  const isAbove = window.innerHeight - top - line - height < list.offsetHeight + 8 && top > list.offsetHeight;
  list.style.top = `${isAbove ? line - list.offsetHeight - 2 : line + height + 4}px`;
  list.style.left = `${Math.min(anchor.offsetLeft, Math.max(0, field.offsetWidth - list.offsetWidth))}px`;
}

function Pieces({ of }: { of: readonly Piece[] }): ReactNode {
  return of.map(({ text, severity }, at) =>
    severity === null ? (
      <span key={at}>{text}</span>
    ) : (
      <span key={at} className={severity === 'ERROR' ? 'is-error' : 'is-warning'}>
        {text}
      </span>
    ),
  );
}

/** How often the predicate would have held, with leads for which it did. */
function History({ id: place, of, isPending }: { id: string; of: Asked | null; isPending: boolean }) {
  const { zone } = usePreferences();
  // The line stays while somebody types, so that what is below does not jump.
  if (!of) return isPending ? <p className="predicate-history" /> : null;
  const { history } = of;
  const words = history ? historyWords(history, zone) : uncountedWords(of);
  const examples = history?.examples ?? [];
  return (
    <p className="predicate-history" id={place}>
      {words !== null && (
        <>
          <Sentence text={words} />.{examples.length > 0 && ' Such as '}
          {examples.map(({ id }, at) => (
            <span key={id}>
              {at > 0 && ', '}
              <LeadLink id={id} />
            </span>
          ))}
        </>
      )}
    </p>
  );
}
