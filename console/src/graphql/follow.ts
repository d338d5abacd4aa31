import { useEffect, useRef, useState } from 'react';
import type { Operation } from './operation';

/** Longest and shortest wait before a lost connection is opened again, in milliseconds. */
const WAIT_MIN = 1_000;
const WAIT_MAX = 30_000;

type Message =
  | { type: 'connection_ack' | 'ping' | 'pong' | 'complete' }
  | { type: 'next'; payload: { data?: unknown } }
  | { type: 'error' };

/** Follows a subscription over `graphql-transport-ws` until the returned function is called. A connection that is lost is
 * opened again; what was missed meanwhile, the server does not send again, so the reader is told of each new beginning.
 *
 * * `onLive`: whether news arrive at this moment. */
export function follow<Answer, Variables>(
  operation: Operation<Answer, Variables>,
  variables: Variables,
  onNews: (answer: Answer) => void,
  onLive: (isLive: boolean) => void,
): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = WAIT_MIN;
  let isOver = false;
  const open = () => {
    const address = new URL('/graphql/ws', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const opened = new WebSocket(address, 'graphql-transport-ws');
    socket = opened;
    const say = (message: object) => opened.send(JSON.stringify(message));
    opened.onopen = () => say({ type: 'connection_init' });
    opened.onmessage = ({ data }) => {
      const message = read(data);
      if (message?.type === 'connection_ack') {
        wait = WAIT_MIN;
        say({
          id: '1',
          type: 'subscribe',
          payload: { query: operation.text, operationName: operation.name, variables },
        });
        onLive(true);
      } else if (message?.type === 'ping') say({ type: 'pong' });
      else if (message?.type === 'next' && message.payload.data) onNews(message.payload.data as Answer);
      else if (message?.type === 'error') {
        // The server will not say otherwise the next time.
        isOver = true;
        opened.close(1000);
      }
    };
    opened.onclose = () => {
      onLive(false);
      if (isOver) return;
      // Not all open pages at once after a restart.
      timer = setTimeout(open, wait * (0.5 + Math.random() / 2));
      wait = Math.min(WAIT_MAX, wait * 2);
    };
  };
  open();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket?.close(1000);
  };
}

function read(data: unknown): Message | null {
  try {
    return typeof data === 'string' ? (JSON.parse(data) as Message) : null;
  } catch {
    return null;
  }
}

/** Calls back with each piece of news while the screen is there; whether news arrive at this moment. */
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
