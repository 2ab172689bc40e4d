// npm test: unit and contract suites, packaging, the window in a real browser, Electron where it is; the last line counts all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { electronBinary } from '../main/shell/electron/probe.ts';
import { getBrowser } from './browser.ts';

const ROOT = join(import.meta.dirname, '..');
const RESULTS = join(ROOT, 'test-results');
const VITEST_REPORT = join(RESULTS, 'vitest.json');
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };
type Ran = { readonly counts: Counts; readonly notRun: readonly string[] };

/** Runs a script with this Node, shows what it prints, and returns its status and lines. */
const runScript = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ status: number; lines: string[] }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      said += String(chunk);
    });
    child.on('close', (status) => resolve({ status: status ?? 1, lines: said.split('\n') }));
  });

type VitestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
};

const unit = async (): Promise<Ran> => {
  rmSync(VITEST_REPORT, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`];
  const { status } = await runScript([vitest, 'run', ...report], {});
  if (!existsSync(VITEST_REPORT))
    return { counts: { passed: 0, failed: 1, skipped: 0 }, notRun: ['vitest made no report'] };
  const r = JSON.parse(readFileSync(VITEST_REPORT, 'utf8')) as VitestReport;
  // A file that does not even load fails no test of its own; it counts as one.
  const failed = r.numFailedTests > 0 || status === 0 ? r.numFailedTests : Math.max(1, r.numFailedTestSuites);
  return { counts: { passed: r.numPassedTests, failed, skipped: r.numPendingTests }, notRun: [] };
};

/** A script of ours that closes with `N passed, N failed, N skipped`. */
const script = async (path: string, env: NodeJS.ProcessEnv): Promise<Ran> => {
  const { status, lines } = await runScript([join(ROOT, path)], env);
  const last = lines.findLast((line) => COUNTS.test(line));
  const [passed = 0, failed = 0, skipped = 0] = (COUNTS.exec(last ?? '') ?? []).slice(1).map(Number);
  const died = status !== 0 && failed === 0;
  return {
    counts: { passed, failed: died ? 1 : failed, skipped },
    notRun: died ? [`the rest of ${path}: it ended with status ${status}`] : [],
  };
};

const notRun = (what: string, why: string): Ran => ({
  counts: { passed: 0, failed: 0, skipped: 1 },
  notRun: [`${what}: ${why}`],
});

const inBrowser = async (): Promise<Ran> => {
  const browser = getBrowser();
  if (browser === null) {
    return notRun(
      'the window in a browser (test/e2e)',
      'no Chromium on the PATH, and neither Playwright nor apt-get could fetch one',
    );
  }
  console.log(`\nThe window in ${browser.path} (${browser.how})`);
  return script('test/e2e/run.ts', { UNDERSTUDY_CHROMIUM: browser.path });
};

const inElectron = async (): Promise<Ran> => {
  const what = 'the window in Electron (test/electron)';
  if (electronBinary(process.env) === null) return notRun(what, "Electron's binary is not on this machine");
  if (process.platform === 'linux' && (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') === '') {
    return notRun(what, 'there is no display');
  }
  return script('test/electron/smoke.ts', {});
};

mkdirSync(RESULTS, { recursive: true });
const ran = [await unit(), await script('test/packaging/run.ts', {}), await inBrowser(), await inElectron()];
const sum = (of: keyof Counts): number => ran.reduce((total, { counts }) => total + counts[of], 0);
console.log('');
for (const line of ran.flatMap((r) => r.notRun)) console.log(`Did not run: ${line}.`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
