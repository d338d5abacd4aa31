import { StateChip } from '../../ui/parts';

/** Whether a source takes leads. */
export function SourceState({ isActive }: { isActive: boolean }) {
  return isActive ? (
    <StateChip state="AVAILABLE" label="takes leads" />
  ) : (
    <StateChip state="INACTIVE" label="stopped" />
  );
}
