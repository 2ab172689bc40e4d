// Packs the desktop app around a stand-in for Electron's binary and looks at what is inside: no more and no less than it needs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildElectronShell, buildWindow } from '../../main/shell/window-build.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LIMIT_MS = 120_000; // a missing piece makes electron-builder try downloads for most of a minute
/** What @electron/fuses looks for in a binary: a sentinel, version 1, nine fuses. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009101000001';

const work = mkdtempSync(join(tmpdir(), 'understudy-packaging-'));
const electronDist = join(work, 'electron');
const release = join(work, 'release');

const node = (args: readonly string[]): { readonly status: number | null; readonly said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  return { status, said: stdout + stderr };
};

/** The least that electron-builder takes for a distribution of Electron. */
const standIn = (): void => {
  mkdirSync(join(electronDist, 'resources'), { recursive: true });
  mkdirSync(join(electronDist, 'locales'));
  writeFileSync(join(electronDist, 'locales', 'en-US.pak'), '');
  writeFileSync(join(electronDist, 'electron'), `#!/bin/sh\nexit 0\n${FUSE_SENTINEL}`, { mode: 0o755 });
};

let failed = 0;
let passed = 0;
const check = (name: string, ok: boolean, otherwise: string): void => {
  if (ok) passed += 1;
  else failed += 1;
  console.log(ok ? `ok      ${name}` : `FAILED  ${name}: ${otherwise}`);
};

const pack = (): void => {
  const cli = join('node_modules', 'electron-builder', 'cli.js');
  const target = [`-c.electronDist=${electronDist}`, `-c.directories.output=${release}`, '--publish', 'never'];
  const { status, said } = node([cli, '--linux', 'dir', ...target]);
  check('electron-builder accepts the configuration and packs', status === 0, said.trim());
};

const inspect = (): void => {
  const unpacked = join(release, 'linux-unpacked');
  const asar = join(unpacked, 'resources', 'app.asar');
  const list = node([join('node_modules', '@electron', 'asar', 'bin', 'asar.js'), 'list', '-i', asar]).said.split('\n');
  const has = (line: string): boolean => list.includes(line);
  for (const file of ['main/electron.js', 'main/work.js', 'main/preload.cjs', 'renderer/index.html']) {
    check(`it holds dist/${file}`, has(`pack   : /dist/${file}`), 'not in the archive');
  }
  check("it holds the log's schema", has('pack   : /migrations/sum.sql'), 'migrations are missing');
  check(
    'it holds what the demonstration is made from',
    has('pack   : /dist/main/demonstration/live-migration.txt'),
    'missing',
  );
  const prebuilds = list.filter((line) => line.endsWith('.node'));
  check(
    'one native module, unpacked, for this platform',
    prebuilds.length === 1 && has(`unpack : /node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`),
    prebuilds.join(', '),
  );
  const own = list.filter((line) => /: \/(?!dist|migrations|node_modules|package\.json)./.test(line));
  check('no source, test or document of ours', own.length === 0, own.slice(0, 5).join(', '));
  const window = list.filter((line) => /node_modules\/(rxjs|echarts|preact|@preact)(\/|$)/.test(line));
  check("none of the window's packages a second time", window.length === 0, window.slice(0, 5).join(', '));

  const fuses = node([
    join('node_modules', '@electron', 'fuses', 'dist', 'bin.js'),
    'read',
    '--app',
    join(unpacked, 'understudy'),
  ]).said;
  for (const fuse of [
    'RunAsNode is Disabled',
    'EnableNodeOptionsEnvironmentVariable is Disabled',
    'EnableNodeCliInspectArguments is Disabled',
    'OnlyLoadAppFromAsar is Enabled',
    'GrantFileProtocolExtraPrivileges is Disabled',
  ]) {
    check(`fuse: ${fuse}`, fuses.includes(fuse), fuses.trim());
  }
  const main: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const entry = typeof main === 'object' && main !== null && 'main' in main ? String(main.main) : '';
  check('package.json starts what was packed', has(`pack   : /${entry}`), entry);
};

if (process.platform === 'linux') {
  try {
    for (const built of [await buildWindow(() => {}), await buildElectronShell(() => {})]) {
      check('the app is built', built.ok, built.ok ? '' : built.error);
    }
    standIn();
    pack();
    if (failed === 0) inspect();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
} else console.log('Not run: the stand-in is made for Linux.');
console.log(`${passed} passed, ${failed} failed, ${process.platform === 'linux' ? 0 : 1} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
