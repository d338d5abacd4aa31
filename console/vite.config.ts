import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.POINTSMAN_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Chunks name one another by relative address, so that the server may put all of them under a hash.
  base: './',
  plugins: [react()],
  server: { proxy: { '/graphql': server, '/v1': server } },
  build: {
    target: 'es2023',
    outDir: 'dist',
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        // Stable names: git stores differences, and two branches touch the same few files.
        entryFileNames: 'app.js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
} as Parameters<typeof defineConfig>[0]);
