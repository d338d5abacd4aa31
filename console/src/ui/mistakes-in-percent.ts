import type { MistakeFragment } from '../graphql/generated';

/** A mistake in the unit of its field: the API counts in parts per million where the form counts in per cent. */
export function asTyped(mistake: MistakeFragment): MistakeFragment {
  if (!/ppm$/i.test(mistake.path.at(-1) ?? '')) return mistake;
  const inPercent = (text: string) =>
    text.replace(/\d[\d,]*/g, (digits) =>
      (Number(digits.replaceAll(',', '')) / 10_000).toLocaleString('en-US', { maximumFractionDigits: 4 }),
    );
  return {
    ...mistake,
    message: inPercent(mistake.message).replace(' parts per million', ' %'),
    hint: mistake.code === 'out_of_range' ? null : mistake.hint,
  };
}
