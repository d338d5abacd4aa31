import { count } from './format';
import { Problem } from './parts';

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  isFetchNextPageError: boolean;
  error: unknown;
}

/** The foot of a list: how much is shown, and the next page. */
export function More({ of, shown }: { of: Pages; shown: number }) {
  if (shown === 0) return null;
  return (
    <div className="more">
      <span className="faint">
        {of.hasNextPage
          ? `${count(shown)} shown, and there are more`
          : shown === 1
            ? 'there is one'
            : `all ${count(shown)} shown`}
      </span>
      {of.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={of.isFetchingNextPage}
          onClick={() => void of.fetchNextPage()}
        >
          {of.isFetchingNextPage ? 'Loading…' : 'Load more'}
        </button>
      )}
      {of.isFetchNextPageError && <Problem error={of.error} retry={() => void of.fetchNextPage()} />}
    </div>
  );
}
