import type { BulkJobState, BulkOperation, BulkResult } from '../../graphql/generated';

export const OPERATIONS: Record<BulkOperation, string> = {
  RELEASE_DELIVERIES: 'Release held deliveries',
  REPLAY_POSTBACKS: 'Apply parked postbacks',
  RESEND_SOURCE_POSTBACKS: 'Send postbacks to a source again',
};

/** A state as a chip knows it, and in words. */
export const STATES: Record<BulkJobState, { chip: string; label: string }> = {
  LISTING: { chip: 'RUNNING', label: 'lists its items' },
  RUNNING: { chip: 'RUNNING', label: 'under way' },
  DONE: { chip: 'AVAILABLE', label: 'done' },
  CANCELLED: { chip: 'DECLINED', label: 'cancelled' },
};

export const RESULTS: Record<BulkResult, string> = {
  SUCCEEDED: 'Done',
  SKIPPED: 'Nothing to do any more',
  FAILED: 'Refused',
};
