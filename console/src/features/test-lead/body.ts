/** A body as people read it: JSON with its lines, anything else as it is. */
export function prettyBody(body: string): string {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    // Numbers beyond what a browser can hold would be shown as others.
    if (/\d{16,}/.test(body)) return body;
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** The first line and the headers of a request. */
export function headText({
  method,
  url,
  headers,
}: {
  method: string;
  url: string;
  headers: readonly { name: string; value: string }[];
}): string {
  return [`${method} ${url}`, ...headers.map(({ name, value }) => `${name}: ${value}`)].join('\n');
}
