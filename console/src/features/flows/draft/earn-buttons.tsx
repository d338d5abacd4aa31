import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMay } from '../../../shell/session';
import { useWork } from './context';
import { numbersAt, numberWords } from './swept-numbers';

/** Where a number decides: a button for each that asks the past about others in its place.
 *
 * * `of`: which number is meant, where that is not clear from what stands above. */
export function EarnButtons({ node, part, of = '' }: { node: string; part: string; of?: string }) {
  const { document } = useWork();
  const { number } = useSearch({ from: '/shell/flows/$flow/draft' });
  const navigate = useNavigate({ from: '/flows/$flow/draft' });
  const may = useMay('READ');
  if (!may) return null;
  return numbersAt(document, node, part).map(({ place, value }) => (
    <button
      key={place}
      type="button"
      className="link earn-button"
      data-earns={place}
      aria-expanded={number === place}
      onClick={() =>
        void navigate({
          search: number === place ? { node } : { node, number: place },
          replace: true,
          resetScroll: false,
        })
      }
    >
      What would another number {of}than {numberWords(place, value)} earn?
    </button>
  ));
}
