// Killed at seeded moments while it writes: whole batches stay, and importing again completes them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { below, rng } from '../../../domain/base/rng.ts';
import { add, batch, main, note, open, tempFolder } from './fixtures.ts';

/** Kills per run; UNDERSTUDY_KILLS=20 is the full measure. */
const KILLS = Number(process.env['UNDERSTUDY_KILLS'] ?? 3);
const CHILD = fileURLToPath(new URL('./append-child.ts', import.meta.url));
const EVENTS = 200_000;
const BATCH = 2_000;

/** Starts the import and kills it once it has told of `batches` batches; returns the last head it told. */
const importUntil = async (path: string, batches: number): Promise<number> => {
  const child = spawn(process.execPath, [CHILD, path, 'k', `${EVENTS}`, `${BATCH}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split('\n').length - 2 >= batches) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return Number(told.trimEnd().split('\n').at(-1)?.replace('ready', '0'));
};

test(
  'an import killed at any moment leaves whole batches, and goes on to the same end',
  { timeout: 300_000 },
  async () => {
    const random = rng('kill');
    const path = join(tempFolder(), 'killed.understudy');
    for (let kill = 0; kill < KILLS; kill++) {
      const told = await importUntil(path, 1 + below(random, Math.max(2, Math.floor(60 / KILLS))));
      const log = open(path, {});
      const verified = log.verify();
      expect(verified.firstBad).toBeNull();
      expect(verified.events % BATCH).toBe(0);
      expect(verified.events).toBeGreaterThanOrEqual(told);
      log.close();
    }
    expect(await importUntil(path, Infinity)).toBe(EVENTS);
    const log = open(path, {});
    expect(log.verify()).toMatchObject({ ok: true, events: EVENTS });
    expect(log.progress(main(log), 'run:kill:k')).toEqual({ throughLine: EVENTS, done: true });
  },
);

test('a full disk refuses the batch as a whole; with room again it goes in', () => {
  const path = join(tempFolder(), 'full.understudy');
  open(path).close();
  const log = open(path, { bytesMax: 1_000_000 });
  const big = Array.from({ length: 500 }, (_, i) => note(i, i + 1, null, 'x'.repeat(200)));
  let written = 0;
  for (;;) {
    const before = log.head(main(log));
    const appended = log.append(main(log), before, batch(`s${written}`, big));
    if (!appended.ok) {
      expect(appended.error.code).toBe('disk_full');
      expect(appended.error.sentence).toMatch(/disk is full/);
      expect(log.head(main(log))).toBe(before);
      break;
    }
    written++;
  }
  expect(written).toBeGreaterThan(0);
  expect(log.verify()).toMatchObject({ ok: true, events: written * 500 });
  log.close();
  const roomy = open(path, {});
  expect(add(roomy, main(roomy), batch(`s${written}`, big)).events).toBe(500);
  expect(roomy.verify().ok).toBe(true);
});
