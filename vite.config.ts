// Builds the window into dist/renderer; every shell serves the same files from there.
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'renderer',
  base: './',
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // The window is loaded from this machine: one warning about size would be noise, two chunks a complication.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
