import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Failed, SignedOut } from './graphql/ask';
import { router } from './router';
import { PreferencesProvider } from './ui/preferences';
import './ui/theme.css';
import './ui/frame.css';
import './ui/parts.css';
import './ui/form.css';
import './ui/chart/chart.css';
import './features/features.css';
import './features/settings-forms.css';
import './features/experiments/experiments.css';
import './features/flows/draft.css';
import './features/flows/earnings.css';
import './features/flows/predicate.css';
import './features/allocation/allocation.css';
import './features/changes/changes.css';
import './features/rollouts/rollouts.css';
import './features/replays/replays.css';
import './features/setup/setup.css';
import './shell/tour/tour.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (n, error) => error instanceof Failed && error.code === 'UNREACHABLE' && n < 20,
      retryDelay: (n) => Math.min(1_000 * 2 ** n, 30_000),
      refetchOnWindowFocus: false,
    },
  },
  queryCache: new QueryCache({
    onError: (error) => {
      const { pathname, href } = router.state.location;
      if (error instanceof SignedOut && pathname !== '/login') {
        void router.navigate({ to: '/login', search: { next: href }, replace: true });
      }
    },
  }),
});

// A new version of the server has other files: what an open page still wants to load is gone. Once, not in a circle.
window.addEventListener('vite:preloadError', (event) => {
  if (sessionStorage.getItem('pointsman.reloaded')) return;
  sessionStorage.setItem('pointsman.reloaded', 'yes');
  event.preventDefault();
  location.reload();
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <PreferencesProvider>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </PreferencesProvider>
    </StrictMode>,
  );
}
