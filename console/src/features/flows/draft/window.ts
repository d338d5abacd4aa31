/** Rows of a long table that are in the document, with some beside those in sight. */
export interface Window {
  first: number;
  /** One after the last. */
  end: number;
}

/** Rows beside those in sight. */
const OVERSCAN = 8;

/** Which rows are in the document. All sizes in pixels. */
export function windowOf(n: number, rowHeight: number, scrollTop: number, height: number): Window {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
  return {
    first: Math.min(first, n),
    end: Math.min(n, Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN),
  };
}

/** Where the table has to be scrolled to, so that a row is in sight below the head of the table. */
export function scrolledTo(row: number, rowHeight: number, scrollTop: number, height: number, head: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight + head;
  return bottom > scrollTop + height ? bottom - height : scrollTop;
}
