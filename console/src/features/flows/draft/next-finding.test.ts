import { expect, it } from 'vitest';
import type { FindingFragment } from '../../../graphql/generated';
import { nextFinding } from './next-finding';

function finding(part: Partial<FindingFragment>): FindingFragment {
  return {
    code: 'x',
    severity: 'WARNING',
    node: null,
    destination: null,
    part: null,
    span: null,
    message: '',
    hint: null,
    example: null,
    ...part,
  };
}

it('walks from finding to finding, errors first, and begins anew', () => {
  const all = [
    finding({ node: 'b', part: 'rows[10].cells[0]' }),
    finding({ node: 'b', part: 'rows[2]' }),
    finding({ message: 'about the flow as a whole' }),
    finding({ node: 'z', severity: 'ERROR', part: 'if' }),
  ];
  const walk: string[] = [];
  let last = null;
  for (let n = 0; n < 4; n++) {
    last = nextFinding(all, last);
    walk.push(`${last?.node} ${last?.row}`);
  }
  expect(walk).toEqual(['z null', 'b 2', 'b 10', 'z null']);
  // What was gone to is mended meanwhile.
  const gone = nextFinding(all, null);
  expect(nextFinding(all.slice(0, 2), gone)?.row).toBe(2);
  expect(nextFinding([], gone)).toBeNull();
});
