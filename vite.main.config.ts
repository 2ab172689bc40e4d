// Builds what Electron runs: the main process and its worker as modules, the preload as the one script a sandbox takes.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin, type ViteBuilder } from 'vite';

const ROOT = import.meta.dirname;
const OUT = join(ROOT, 'dist', 'main');

/** The demonstration's transcript is read as a file, so it stands beside the bundle as it does beside the source. */
const demonstrationBeside = (): Plugin => ({
  name: 'demonstration-beside',
  closeBundle: () =>
    cpSync(join(ROOT, 'main', 'shell', 'demonstration'), join(OUT, 'demonstration'), { recursive: true }),
});

/** Two environments because a module and a sandboxed script cannot be one output; there is no client to build here. */
const buildApp = async (builder: ViteBuilder): Promise<void> => {
  for (const name of ['electron', 'preload']) {
    const environment = builder.environments[name];
    if (environment !== undefined) await builder.build(environment);
  }
};

const build = { outDir: OUT, emptyOutDir: false, ssr: true, target: 'node24', minify: false, sourcemap: true } as const;

export default defineConfig({
  root: ROOT,
  publicDir: false,
  builder: { buildApp },
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
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
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
