import { afterEach, expect, test, vi } from 'vitest';
import { added, type Counted, confirmation, countPersons, idsOf, NOTHING, spelled } from './count';

afterEach(() => vi.unstubAllGlobals());

const stretch = (leads: number, destinations: [string, number][], next: string | null) => ({
  leads,
  openLeads: leads > 0 ? 1 : 0,
  lookedThrough: 20_000,
  destinations: destinations.map(([destination, offers]) => ({ destination, offers })),
  next,
});

/** A server that gives one answer after the other; gives what it was asked. */
function answering(...payloads: object[]): { after: string | null }[] {
  const asked: { after: string | null }[] = [];
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string }) => {
    asked.push(JSON.parse(body).variables);
    return new Response(JSON.stringify({ data: { erasurePreview: payloads[asked.length - 1] } }));
  });
  return asked;
}

test('what is found adds up, by destination too', () => {
  const sum = added(
    added(NOTHING, stretch(2, [['acme', 2]], '20000')),
    stretch(
      1,
      [
        ['zenith', 3],
        ['acme', 1],
      ],
      null,
    ),
  );
  expect(sum).toEqual({
    leads: 3,
    openLeads: 2,
    lookedThrough: 40_000,
    destinations: [
      { destination: 'acme', offers: 3 },
      { destination: 'zenith', offers: 3 },
    ],
  });
});

test('all leads are looked through, each stretch from where the one before had ended', async () => {
  const asked = answering(
    { preview: stretch(2, [], '20000'), userErrors: [] },
    { preview: stretch(0, [], '40000'), userErrors: [] },
    { preview: stretch(1, [], null), userErrors: [] },
  );
  const told: Counted[] = [];
  const mistakes = await countPersons({ leadIds: ['lead_1'] }, (sum) => told.push(sum), new AbortController().signal);
  expect(mistakes).toEqual([]);
  expect(asked.map(({ after }) => after)).toEqual([null, '20000', '40000']);
  expect(told.map(({ leads }) => leads)).toEqual([2, 2, 3]);
});

test('mistakes end it, and nothing is counted', async () => {
  const mistake = { path: ['values', '0'], code: 'unknown_field', message: 'no', hint: null };
  answering({ preview: null, userErrors: [mistake] });
  const told: Counted[] = [];
  expect(await countPersons({}, (sum) => told.push(sum), new AbortController().signal)).toEqual([mistake]);
  expect(told).toEqual([]);
});

test('what has to be typed names the number, so that nobody types it by habit', () => {
  expect([confirmation(0), confirmation(12)]).toEqual(['erase 0', 'erase 12']);
});

test('ids are pasted as they come', () => {
  expect(idsOf(' lead_1, lead_2\nlead_3  ')).toEqual(['lead_1', 'lead_2', 'lead_3']);
  expect(idsOf('')).toEqual([]);
});

test('reads a telephone number as people write it, and leaves everything else', () => {
  expect(spelled(' +1 (202) 555-0143 ')).toBe('+12025550143');
  expect(spelled('+49 30/1234.567')).toBe('+49301234567');
  expect(spelled(' Ada+solar@Example.com ')).toBe('Ada+solar@Example.com');
  expect(spelled('202-555-0143')).toBe('202-555-0143');
});
