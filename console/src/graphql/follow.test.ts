import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { follow } from './follow';
import { operation } from './operation';

const NEWS = operation<{ epoch: number }, { flow: string }>('News', 'subscription News{epoch}');

class Socket {
  static all: Socket[] = [];
  sent: { type: string; payload?: unknown }[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
  constructor(
    readonly address: URL,
    readonly protocol: string,
  ) {
    Socket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.onclose?.();
  }
  hears(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  vi.stubGlobal('WebSocket', Socket);
});
afterEach(() => {
  // A connection that nothing is followed by any more ends a moment later.
  vi.advanceTimersByTime(120_000);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function last(): Socket {
  const found = Socket.all.at(-1);
  if (!found) throw new Error('no socket was opened');
  return found;
}

function opened() {
  last().onopen?.();
  last().hears({ type: 'connection_ack' });
}

it('says who it is, subscribes, answers pings, and hands on news', () => {
  const news: unknown[] = [];
  const live: boolean[] = [];
  const end = follow(
    NEWS,
    { flow: 'auto' },
    (it) => news.push(it),
    (it) => live.push(it),
  );
  expect(last().protocol).toBe('graphql-transport-ws');
  opened();
  last().hears({ type: 'ping' });
  last().hears({ id: '1', type: 'next', payload: { data: { epoch: 7 } } });
  expect(last().sent.map(({ type }) => type)).toEqual(['connection_init', 'subscribe', 'pong']);
  expect(news).toEqual([{ epoch: 7 }]);
  end();
  vi.advanceTimersByTime(120_000);
  expect(Socket.all.length).toBe(1);
  expect(live).toEqual([true, false]);
});

it('opens a lost connection again, ever later, and at once after it stood', () => {
  const end = follow(
    NEWS,
    { flow: 'auto' },
    () => {},
    () => {},
  );
  for (const [lost, waited] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ] as const) {
    last().close();
    vi.advanceTimersByTime(waited / 2 - 1);
    expect(Socket.all.length).toBe(lost);
    vi.advanceTimersByTime(waited / 2 + 1);
    expect(Socket.all.length).toBe(lost + 1);
  }
  opened();
  last().close();
  vi.advanceTimersByTime(1_000);
  expect(Socket.all.length).toBe(5);
  end();
});

it('has one connection for everything, and subscribes to all of it again', () => {
  const news: string[] = [];
  const add = (flow: string) =>
    follow(
      NEWS,
      { flow },
      ({ epoch }) => news.push(`${flow} ${epoch}`),
      () => {},
    );
  const ends = [add('auto')];
  opened();
  ends.push(add('solar'));
  last().hears({ id: '2', type: 'next', payload: { data: { epoch: 1 } } });
  last().hears({ id: '1', type: 'next', payload: { data: { epoch: 2 } } });
  expect(news).toEqual(['solar 1', 'auto 2']);
  last().hears({ id: '1', type: 'complete' });
  last().hears({ id: '1', type: 'next', payload: { data: { epoch: 3 } } });
  last().close();
  vi.advanceTimersByTime(1_000);
  opened();
  expect(Socket.all.length).toBe(2);
  expect(last().sent.map(({ type }) => type)).toEqual(['connection_init', 'subscribe']);
  expect(news.length).toBe(2);
  for (const end of ends) end();
  vi.advanceTimersByTime(120_000);
  expect(Socket.all.length).toBe(2);
  // The next screen opens another one.
  add('auto')();
  expect(Socket.all.length).toBe(3);
  // One screen after the other has the same.
  add('solar')();
  opened();
  expect(Socket.all.length).toBe(3);
});

it('does not ask again what the server refuses, and survives what it cannot read', () => {
  const live: boolean[] = [];
  follow(
    NEWS,
    { flow: 'none' },
    () => {},
    (it) => live.push(it),
  );
  opened();
  last().onmessage?.({ data: 'no JSON' });
  last().hears({ id: '1', type: 'error', payload: [{ message: 'no such flow' }] });
  vi.advanceTimersByTime(120_000);
  expect(Socket.all.length).toBe(1);
  expect(live.at(-1)).toBe(false);
});
