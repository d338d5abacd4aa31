import { expect, it } from 'vitest';
import { keyReader } from './keys';

it('reads g and a letter as a screen, if they follow each other soon', () => {
  const read = keyReader();
  expect(read('g', 0)).toBeNull();
  expect(read('l', 400)).toEqual({ go: '/leads' });
  expect(read('l', 500)).toEqual({ command: 'l' });
  expect(read('g', 1_000)).toBeNull();
  expect(read('l', 2_500)).toEqual({ command: 'l' });
});

it('reads a letter that is no screen as a command', () => {
  const read = keyReader();
  read('g', 0);
  expect(read('?', 100)).toEqual({ command: '?' });
});
