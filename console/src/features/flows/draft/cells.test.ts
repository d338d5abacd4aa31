import { expect, it } from 'vitest';
import { type Cell, cellText, readCell, readTsv } from './cells';

const STATE = { name: 'state', kind: 'region', labels: null };
const AGE = { name: 'age', kind: 'integer', labels: null };
const CREDIT = { name: 'credit', kind: 'enum', labels: ['good', 'poor'] };
const OWNER = { name: 'owner', kind: 'boolean', labels: null };

it('reads every form of a cell, and writes it again', () => {
  const forms: [string, Cell, typeof AGE | typeof CREDIT][] = [
    ['', null, STATE],
    ['CA, TX', ['CA', 'TX'], STATE],
    ['not CA, TX', { not_in: ['CA', 'TX'] }, STATE],
    ['90*, 91*', { starts_with: ['90', '91'] }, STATE],
    ['missing', { missing: true }, STATE],
    ['18 to 25', { from: 18, to: 25 }, AGE],
    ['from 18', { from: 18 }, AGE],
    ['below 25', { to: 25 }, AGE],
    ['-3', [-3], AGE],
    ['good', ['good'], CREDIT],
    ['"a, ""b""", "90*", "missing", "not x"', ['a, "b"', '90*', 'missing', 'not x'], STATE],
  ];
  for (const [text, cell, column] of forms) {
    expect(readCell(text, column)).toEqual({ cell });
    expect(cellText(cell)).toBe(text);
    expect(readCell(cellText(cell), column)).toEqual({ cell });
  }
  expect(readCell('yes', OWNER)).toEqual({ cell: [true] });
});

it('says what is wrong with a cell', () => {
  const wrong = (text: string, column: typeof AGE | typeof CREDIT) => {
    const read = readCell(text, column);
    return 'mistake' in read ? read.mistake : `read as ${JSON.stringify(read)}`;
  };
  expect(wrong('abc', AGE)).toBe('`abc` is no whole number');
  expect(wrong('1.5', AGE)).toBe('`1.5` is no whole number');
  expect(wrong('18, x', AGE)).toBe('`x` is no whole number');
  expect(wrong('25 to 18', AGE)).toBe('25 is not below 18');
  expect(wrong('best', CREDIT)).toBe('`best` is no label of credit');
  expect(wrong('perhaps', OWNER)).toBe('`perhaps` is neither yes nor no');
  expect(wrong('"CA', STATE)).toBe('a quote is not closed');
});

it('reads what a spreadsheet copies', () => {
  expect(readTsv('CA\t18 to 25\r\nTX\t\r\n')).toEqual([
    ['CA', '18 to 25'],
    ['TX', ''],
  ]);
});
