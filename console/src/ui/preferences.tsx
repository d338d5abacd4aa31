import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Zone } from './format';

export type Theme = 'system' | 'light' | 'dark';

/** Which step of the tour is shown. */
export type TourAt = 'off' | '1' | '2' | '3' | '4' | '5' | '6' | '7';
const TOUR: readonly TourAt[] = ['off', '1', '2', '3', '4', '5', '6', '7'];

interface Preferences {
  theme: Theme;
  setTheme: (theme: Theme) => void;
  zone: Zone;
  setZone: (zone: Zone) => void;
  tour: TourAt;
  setTour: (tour: TourAt) => void;
}

const Context = createContext<Preferences | null>(null);

/** A choice that this browser remembers. Nothing about leads or tokens is ever kept here. */
function useRemembered<T extends string>(name: string, choices: readonly T[], initial: T): [T, (value: T) => void] {
  const key = `pointsman.${name}`;
  const [value, setValue] = useState<T>(() => {
    const stored = localStorage.getItem(key);
    return choices.find((choice) => choice === stored) ?? initial;
  });
  return [
    value,
    (next) => {
      localStorage.setItem(key, next);
      setValue(next);
    },
  ];
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [theme, setTheme] = useRemembered<Theme>('theme', ['system', 'light', 'dark'], 'system');
  const [tour, setTour] = useRemembered<TourAt>('tour', TOUR, 'off');
  const [zone, setZone] = useRemembered<Zone>('zone', ['local', 'UTC'], 'local');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setters write to storage and never change what they do
  const preferences = useMemo(() => ({ theme, setTheme, zone, setZone, tour, setTour }), [theme, zone, tour]);
  return <Context value={preferences}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (!preferences) throw new Error('no preferences around this component');
  return preferences;
}
