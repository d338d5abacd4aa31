import { Link, useNavigate } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { shortId } from './format';
import { useRows } from './rows';

/** The end of a lead's id, which opens the lead. */
export function LeadLink({ id }: { id: string | undefined }) {
  if (id === undefined) return null;
  return (
    <Link to="/leads/$id" params={{ id }} search={{}} className="mono" title={id}>
      {shortId(id)}
    </Link>
  );
}

/** The body of a table whose rows open leads, by a press or by keys. */
export function useLeadRows(ids: readonly (string | undefined)[]): RefObject<HTMLTableSectionElement | null> {
  const navigate = useNavigate();
  return useRows(ids.length, (at) => {
    const id = ids[at];
    if (id) void navigate({ to: '/leads/$id', params: { id }, search: {} });
  });
}
