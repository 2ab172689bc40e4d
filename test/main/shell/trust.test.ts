// What the world does to a log while the command line works on it: each ends in a sentence and in a log that verifies.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CLI = join(ROOT, 'main', 'shell', 'cli.ts');
const TRANSCRIPT = join(ROOT, 'main', 'shell', 'demonstration', 'live-migration.txt');
const dir = mkdtempSync(join(tmpdir(), 'understudy-trust-'));
const SOURCE = join(dir, 'source.understudy');
/** The source's journal: some ten batches of 5,000 events. */
const JOURNAL = join(dir, 'journal.jsonl');
const SLOW = { timeout: 240_000 };
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Ran = { readonly status: number | null; readonly out: string; readonly err: string };
const ended = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): Ran => ({
  status,
  out: stdout,
  err: stderr,
});
/** Runs the command line as a process of its own. */
const cli = (...argv: readonly string[]): Ran =>
  ended(
    spawnSync(process.execPath, [CLI, ...argv], { encoding: 'utf8', env: { ...process.env, UNDERSTUDY_HOME: dir } }),
  );

const verified = (log: string): { readonly ok: boolean; readonly events: number; readonly heads: unknown } => {
  const ran = cli('verify', '--log', log, '--json');
  expect({ status: ran.status, err: ran.err }).toEqual({ status: 0, err: '' });
  return JSON.parse(ran.out) as { ok: boolean; events: number; heads: unknown };
};
const headsOf = (log: string): unknown =>
  (JSON.parse(cli('verify', '--log', log, '--json').out) as { heads: unknown }).heads;

beforeAll(() => {
  const made = cli('generate', '--hosts', '60', '--vms', '1500', '--days', '4', '--seed', 'trust', '--log', SOURCE);
  expect(made).toMatchObject({ status: 0 });
  const told = cli('export', '--log', SOURCE, '--out', JOURNAL);
  expect(told).toMatchObject({ status: 0 });
}, 240_000);

test(
  'an import that is killed leaves whole batches, and the same command again completes it to the same head',
  SLOW,
  async () => {
    const log = join(dir, 'killed.understudy');
    const child = spawn(process.execPath, [CLI, 'import', JOURNAL, '--log', log], {
      stdio: 'ignore',
      env: { ...process.env, UNDERSTUDY_HOME: dir },
    });
    const closed = once(child, 'close');
    const isUnderWay = (): boolean => (statSync(`${log}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 2_000_000;
    while (!isUnderWay() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await closed;
    const { ok, events } = verified(log);
    expect(ok).toBe(true);
    expect(events % 5000).toBe(0);
    expect(events).toBeLessThan(verified(SOURCE).events);
    expect(cli('import', JOURNAL, '--log', log)).toMatchObject({ status: 0, err: '' });
    expect(headsOf(log)).toEqual(headsOf(SOURCE));
  },
);

test('an import that is interrupted says what is kept and how to go on', SLOW, async () => {
  const log = join(dir, 'interrupted.understudy');
  const lines = Array.from({ length: 60_000 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 2, 3) + i * 100).toISOString().slice(0, 23).replace('T', ' ');
    const vm = `b9000564-fe1a-409b-b8cc-${String(i % 100).padStart(12, '0')}`;
    return `${time} 7 INFO nova.compute.manager [-] [instance: ${vm}] VM ${i % 2 === 0 ? 'Paused' : 'Resumed'} (Lifecycle Event)\n`;
  });
  const file = join(dir, 'long.log');
  writeFileSync(file, lines.join(''));
  const child = spawn(process.execPath, [CLI, 'import', file, '--log', log], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, UNDERSTUDY_HOME: dir },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const closed = once(child, 'close');
  const isUnderWay = (): boolean => (statSync(`${log}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000;
  while (!isUnderWay() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  await closed;
  expect(said).toMatch(/^Cancelled in .*long\.log after \d+ events, which are kept\. Import it again to go on/);
  expect(child.exitCode).toBe(2);
  const kept = verified(log).events;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(60_000);
  expect(cli('import', file, '--log', log)).toMatchObject({ status: 0, err: '' });
  expect(verified(log).events).toBe(60_000);
});

/** Runs in a shell where no file may grow beyond so many KiB: what a quota or a full disk does to a writer. */
const cliWithin = (kib: number, ...argv: readonly string[]): Ran =>
  ended(
    spawnSync('bash', ['-c', `ulimit -f ${kib} && exec "$@"`, 'bash', process.execPath, CLI, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, UNDERSTUDY_HOME: dir },
    }),
  );

test(
  'an import whose file may not grow ends in a sentence and keeps its whole batches; with room it goes on',
  SLOW,
  () => {
    const log = join(dir, 'full.understudy');
    const ran = cliWithin(5000, 'import', JOURNAL, '--log', log);
    expect(ran.status).toBe(2);
    expect(ran.err).toMatch(/full\.understudy .*(the disk is full|the disk reported an error)/);
    const { ok, events } = verified(log);
    expect(ok).toBe(true);
    expect(events).toBeGreaterThan(0);
    expect(events % 5000).toBe(0);
    expect(cli('import', JOURNAL, '--log', log)).toMatchObject({ status: 0, err: '' });
    expect(headsOf(log)).toEqual(headsOf(SOURCE));
  },
);

const SMALL = join(dir, 'small-disk');
const canMount = ((): boolean => {
  mkdirSync(SMALL);
  if (process.getuid?.() !== 0) return false;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'understudy-test', SMALL]).status === 0;
})();
afterAll(() => void (canMount && spawnSync('umount', [SMALL])));

test.skipIf(!canMount)(
  'on a disk that is full (needs the right to mount one) the sentence says so, and nothing is lost',
  SLOW,
  () => {
    const log = join(SMALL, 'a.understudy');
    const ran = cli('import', JOURNAL, '--log', log);
    expect(ran.status).toBe(2);
    expect(ran.err).toMatch(/the disk is full/);
    expect(existsSync(log)).toBe(true);
    const moved = join(dir, 'moved.understudy');
    for (const side of ['', '-wal']) if (existsSync(log + side)) copyFileSync(log + side, moved + side);
    expect(verified(moved).events % 5000).toBe(0);
    expect(cli('import', JOURNAL, '--log', moved)).toMatchObject({ status: 0, err: '' });
    expect(headsOf(moved)).toEqual(headsOf(SOURCE));
  },
);

test('a first import into which nothing came leaves no file behind', () => {
  const log = join(dir, 'nothing.understudy');
  expect(cli('import', join(dir, 'missing.txt'), '--log', log).status).toBe(2);
  expect(existsSync(log)).toBe(false);
});

test('a file that may only be read answers, and refuses to be written with a sentence', SLOW, () => {
  const folder = join(dir, 'colleague');
  mkdirSync(folder);
  const log = join(folder, 'a.understudy');
  expect(cli('import', TRANSCRIPT, '--log', log).status).toBe(0);
  chmodSync(log, 0o444);
  chmodSync(folder, 0o555);
  const before = readFileSync(log);
  // The superuser may write anything, so as root the command line runs as nobody.
  const isRoot = process.getuid?.() === 0;
  chmodSync(dir, 0o755);
  const nobody = (...argv: readonly string[]): Ran =>
    ended(
      spawnSync(process.execPath, [CLI, ...argv], {
        encoding: 'utf8',
        env: { ...process.env, UNDERSTUDY_HOME: join(tmpdir(), 'understudy-nobody') },
        ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
      }),
    );
  expect(nobody('state', '--log', log)).toMatchObject({ status: 0, err: '' });
  expect(nobody('verify', '--log', log)).toMatchObject({ status: 0, err: '' });
  const written = nobody('import', JOURNAL, '--log', log);
  expect(written.status).toBe(2);
  expect(written.err).toMatch(/reading only|only be read/);
  const branched = nobody('branch', 'b', '--log', log);
  expect(branched.status).toBe(2);
  expect(branched.err).toMatch(/reading only|only be read/);
  expect(readFileSync(log).equals(before)).toBe(true);
  chmodSync(folder, 0o755);
});

test(
  'two imports at once: both are in, or one was told to repeat; the log verifies and holds both in the end',
  SLOW,
  async () => {
    const log = join(dir, 'two.understudy');
    const start = (path: string): Promise<Ran> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [CLI, 'import', path, '--log', log], {
          env: { ...process.env, UNDERSTUDY_HOME: dir },
        });
        let [out, err] = ['', ''];
        child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
        child.on('close', (status) => resolve({ status, out, err }));
      });
    const both = await Promise.all([start(JOURNAL), start(TRANSCRIPT)]);
    for (const { status, err } of both) {
      if (status !== 0) expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(/\.\n$/) });
    }
    expect(verified(log).ok).toBe(true);
    for (const path of [JOURNAL, TRANSCRIPT])
      expect(cli('import', path, '--log', log)).toMatchObject({ status: 0, err: '' });
    const { ok, events } = verified(log);
    expect(ok).toBe(true);
    expect(events).toBe(verified(SOURCE).events + 93);
  },
);

test('a log that another program is writing is left alone, with a sentence', SLOW, () => {
  const log = join(dir, 'held.understudy');
  expect(cli('import', TRANSCRIPT, '--log', log).status).toBe(0);
  const holder = new Database(log);
  holder.exec('BEGIN IMMEDIATE');
  const ran = cli('import', JOURNAL, '--log', log);
  holder.exec('ROLLBACK');
  holder.close();
  expect(ran.status).toBe(2);
  expect(ran.err).toMatch(/is being written by another program; wait for it to finish and repeat/);
  expect(verified(log).events).toBe(93);
});

test(
  'a write-ahead log that was cut short loses its last batches, whole; the import again brings them back',
  SLOW,
  () => {
    const log = join(dir, 'wal.understudy');
    expect(cli('import', TRANSCRIPT, '--log', log).status).toBe(0);
    const keeper = new Database(log); // while it is open nobody folds the write-ahead log into the file
    keeper.prepare('SELECT count(*) FROM event').get();
    expect(cli('import', JOURNAL, '--log', log).status).toBe(0);
    const wal = readFileSync(`${log}-wal`);
    for (const part of [0.9, 0.35]) {
      const cut = join(dir, `cut-${part}.understudy`);
      copyFileSync(log, cut);
      writeFileSync(`${cut}-wal`, wal.subarray(0, Math.floor(wal.length * part)));
      const { ok, events } = verified(cut);
      expect(ok).toBe(true);
      const all = verified(SOURCE).events;
      expect(events - 93 === all || (events - 93) % 5000 === 0).toBe(true);
      expect(cli('import', JOURNAL, '--log', cut)).toMatchObject({ status: 0, err: '' });
      expect(verified(cut).events).toBe(verified(SOURCE).events + 93);
    }
    keeper.close();
  },
);
