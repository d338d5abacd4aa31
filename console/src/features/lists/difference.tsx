import type { ListPart } from '../../graphql/put-list';
import { count } from '../../ui/format';

/** What a version has and another has not: how many, and the first of them. */
export function Difference({ added, removed }: { added: ListPart; removed: ListPart }) {
  if (added.count === 0 && removed.count === 0) return <p>The same values.</p>;
  return (
    <div className="list-difference">
      <Part of={added} sign="+" word="added" />
      <Part of={removed} sign="−" word="removed" />
    </div>
  );
}

function Part({ of, sign, word }: { of: ListPart; sign: string; word: string }) {
  const rest = of.count - of.first.length;
  return (
    <div>
      <p>
        <strong className="number">{count(of.count)}</strong> {word}
      </p>
      {of.count > 0 && of.first.length === 0 && (
        <p className="faint">These are personal values, which are covered in browsers.</p>
      )}
      {of.first.length > 0 && (
        <ul className={`list-values is-${word}`} aria-label={`The first that are ${word}`}>
          {of.first.map((value) => (
            <li key={value}>
              <span aria-hidden>{sign}</span> {value}
            </li>
          ))}
          {rest > 0 && <li className="faint">and {count(rest)} more</li>}
        </ul>
      )}
    </div>
  );
}
