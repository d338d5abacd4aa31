import { count } from '../ui/format';
import { Allowed } from '../ui/parts';

/** The box of a row, which chooses it. */
export function ChooseRow({
  label,
  checked,
  onToggle,
}: {
  label: string;
  checked: boolean;
  onToggle: (isRange: boolean) => void;
}) {
  return (
    <input
      type="checkbox"
      aria-label={label}
      checked={checked}
      onChange={(event) => onToggle((event.nativeEvent as MouseEvent).shiftKey === true)}
    />
  );
}

/** What can be done to the rows that are chosen, and to all that the filter finds. */
export function BulkActions({
  chosen,
  label,
  all,
  onChosen,
  onAll,
  clear,
}: {
  chosen: number;
  /** What is done, such as "Release". */
  label: string;
  /** What all of them are called, or what is missing for that. */
  all: { label: string } | { missing: string };
  onChosen: () => void;
  onAll: () => void;
  clear: () => void;
}) {
  return (
    <Allowed to="OPERATE" by="an operator">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own, and nothing here is filled in */}
      <div className="actions" role="group" aria-label="Many at once">
        <button type="button" className="button" disabled={chosen === 0} onClick={onChosen}>
          {label} {count(chosen)} chosen…
        </button>
        <button type="button" className="button" disabled={'missing' in all} onClick={onAll}>
          {label} {'missing' in all ? 'all' : all.label}…
        </button>
        {chosen > 0 && (
          <button type="button" className="button" onClick={clear}>
            Choose none
          </button>
        )}
        <span className="faint">
          {'missing' in all ? all.missing : 'x chooses the row in focus, with Shift all rows to it'}
        </span>
      </div>
    </Allowed>
  );
}
