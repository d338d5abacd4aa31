import { useEffect, useState } from 'react';

/** How long nobody must type before the server is asked, in milliseconds. */
const PAUSE_MS = 250;

/** A value once it has not changed for a while. Equal values are told apart by what they say, not by identity. */
export function useLater<T>(value: T, pauseMs = PAUSE_MS): T {
  const [later, setLater] = useState(value);
  const text = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return later;
}
