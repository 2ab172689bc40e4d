// Builds what Electron runs: the main process and its worker as modules, the preload as the one script a sandbox takes.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;
const OUT = join(ROOT, 'dist', 'main');

/** The demonstration's transcripts are read as files, so they stand beside the bundle as they do beside the source. */
const demonstrationBeside = (): Plugin => ({
  name: 'demonstration-beside',
  closeBundle: () =>
    cpSync(join(ROOT, 'main', 'shell', 'demonstration'), join(OUT, 'demonstration'), { recursive: true }),
});

const build = { outDir: OUT, emptyOutDir: false, ssr: true, target: 'node24', minify: false, sourcemap: true } as const;

export default defineConfig({
  root: ROOT,
  publicDir: false,
  builder: {},
  environments: {
    electron: {
      consumer: 'server',
      build: {
        ...build,
        rolldownOptions: {
          input: {
            electron: join(ROOT, 'main', 'shell', 'electron', 'main.ts'),
            work: join(ROOT, 'main', 'work', 'entry.ts'),
          },
          external: ['electron'],
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      build: {
        ...build,
        rolldownOptions: {
          input: { preload: join(ROOT, 'main', 'shell', 'electron', 'preload.ts') },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  },
  plugins: [demonstrationBeside()],
});
