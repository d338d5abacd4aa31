import type { ExperimentsQuery } from '../../graphql/generated';
import { ppm } from '../../ui/figures';

type Compared = Pick<ExperimentsQuery['experiments']['nodes'][number], 'node' | 'arms' | 'sharePpm' | 'candidate'>;

/** What is compared, in one line. */
export function subject({ node, arms, candidate, sharePpm }: Compared): string {
  if (node === null && !candidate) return 'a hold-out against all others';
  if (node === null) return `version ${candidate?.number ?? '?'} beside live, ${ppm(sharePpm)} of leads`;
  return `${node}: ${arms.slice(1).join(', ')} against ${arms[0]}`;
}
