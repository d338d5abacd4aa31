import { type RefObject, useEffect, useRef, useState } from 'react';

/** The size of an element in pixels, as it changes; 0 before it is drawn. */
export function useSize<T extends HTMLElement>(): {
  box: RefObject<T | null>;
  size: { width: number; height: number };
} {
  const box = useRef<T>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, size };
}
