import { useEffect, useRef, useState } from 'react';
import type { Operation } from './operation';

/** Longest and shortest wait before a lost connection is opened again, in milliseconds. */
const WAIT_MIN = 1_000;
const WAIT_MAX = 30_000;
/** How long a connection stays that nothing is followed by, in milliseconds: the next screen follows something else. */
const LINGER_MS = 1_000;
/** How often a screen asks that hears of news, in case it missed any, in milliseconds. */
const POLL_LIVE_MS = 20_000;

type Message =
  | { type: 'connection_ack' | 'ping' | 'pong' }
  | { type: 'next'; id: string; payload: { data?: unknown } }
  | { type: 'error' | 'complete'; id: string };

/** What somebody follows. */
interface Followed {
  payload: { query: string; operationName: string; variables: unknown };
  onNews: (answer: unknown) => void;
  onLive: (isLive: boolean) => void;
}

/** The connection of this tab, as long as anything is followed. */
let connection: Connection | null = null;

/** One web socket for everything that a tab follows, over `graphql-transport-ws`. One that is lost is opened again, ever
 * later, and everything is subscribed to anew. */
class Connection {
  private readonly followed = new Map<string, Followed>();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lingering: ReturnType<typeof setTimeout> | undefined;
  private wait = WAIT_MIN;
  private isReady = false;
  private lastId = 0;

  constructor() {
    this.open();
  }

  add(followed: Followed): () => void {
    this.lastId += 1;
    const id = String(this.lastId);
    this.followed.set(id, followed);
    clearTimeout(this.lingering);
    if (this.isReady) this.subscribe(id, followed);
    return () => {
      if (this.isReady && this.followed.has(id)) this.say({ id, type: 'complete' });
      this.remove(id);
    };
  }

  private open(): void {
    const address = new URL('/graphql/ws', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const opened = new WebSocket(address, 'graphql-transport-ws');
    this.socket = opened;
    opened.onopen = () => this.say({ type: 'connection_init' });
    opened.onmessage = ({ data }) => this.hear(read(data));
    opened.onclose = () => {
      this.isReady = false;
      for (const { onLive } of [...this.followed.values()]) onLive(false);
      if (connection !== this) return;
      // Not all open pages at once after a restart.
      this.timer = setTimeout(() => this.open(), this.wait * (0.5 + Math.random() / 2));
      this.wait = Math.min(WAIT_MAX, this.wait * 2);
    };
  }

  private hear(message: Message | null): void {
    if (message?.type === 'connection_ack') {
      this.wait = WAIT_MIN;
      this.isReady = true;
      for (const [id, followed] of [...this.followed]) this.subscribe(id, followed);
    } else if (message?.type === 'ping') this.say({ type: 'pong' });
    else if (message?.type === 'next') {
      if (message.payload.data) this.followed.get(message.id)?.onNews(message.payload.data);
    }
    // What is refused, the server will not say otherwise the next time.
    else if (message?.type === 'error' || message?.type === 'complete') this.remove(message.id);
  }

  private subscribe(id: string, { payload, onLive }: Followed): void {
    this.say({ id, type: 'subscribe', payload });
    onLive(true);
  }

  private remove(id: string): void {
    const gone = this.followed.get(id);
    this.followed.delete(id);
    if (this.isReady) gone?.onLive(false);
    if (this.followed.size === 0) this.lingering = setTimeout(() => this.end(), LINGER_MS);
  }

  private end(): void {
    if (connection === this) connection = null;
    clearTimeout(this.timer);
    this.socket?.close(1000);
  }

  private say(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}

/** Follows a subscription until the returned function is called. What was missed while a connection was lost, the server
 * does not send again; it begins anew with how everything is then.
 *
 * * `onLive`: whether news arrive at this moment. */
export function follow<Answer, Variables>(
  operation: Operation<Answer, Variables>,
  variables: Variables,
  onNews: (answer: Answer) => void,
  onLive: (isLive: boolean) => void,
): () => void {
  connection ??= new Connection();
  return connection.add({
    payload: { query: operation.text, operationName: operation.name, variables },
    onNews: (answer) => onNews(answer as Answer),
    onLive,
  });
}

function read(data: unknown): Message | null {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as Message) : null;
  } catch {
    return null;
  }
}

/** Calls back with each piece of news while the screen is there; whether news arrive at this moment.
 *
 * * `variables`: `null` to follow nothing. */
export function useFollow<Answer, Variables>(
  operation: Operation<Answer, Variables>,
  variables: Variables | null,
  onNews: (answer: Answer) => void,
): boolean {
  const [isLive, setLive] = useState(false);
  const latest = useRef(onNews);
  latest.current = onNews;
  const text = JSON.stringify(variables);
  useEffect(() => {
    const asked = JSON.parse(text) as Variables | null;
    if (asked === null) return;
    return follow(operation, asked, (answer) => latest.current(answer), setLive);
  }, [operation, text]);
  return isLive;
}

/** How often a screen asks by itself: seldom while it hears of news, and as ever where no web socket gets through. */
export function pollOf(isLive: boolean, pollMs?: number): { poll: true; pollMs?: number } {
  return isLive ? { poll: true, pollMs: POLL_LIVE_MS } : { poll: true, pollMs };
}
