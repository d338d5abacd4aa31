import { Copy } from 'lucide-react';
import { useId, useState } from 'react';

/** A text to copy; a press on it selects all of it. */
export function ToCopy({ label, value }: { label: string; value: string }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="field to-copy">
      <label htmlFor={id}>{label}</label>
      <div className="field-line">
        <input id={id} className="mono" type="text" readOnly value={value} onFocus={(event) => event.target.select()} />
        {/* Browsers have a clipboard on safe pages alone. */}
        {navigator.clipboard && (
          <button
            type="button"
            className="button"
            onClick={() =>
              void navigator.clipboard.writeText(value).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            <Copy aria-hidden size={14} /> {isCopied ? 'Copied' : 'Copy'}
            <span className="visually-hidden"> {label}</span>
          </button>
        )}
      </div>
    </div>
  );
}
