// Starts the built app in a real Electron: the window opens on the demonstration and can reach nothing of Node.
import { join } from 'node:path';
import { _electron } from 'playwright';
import { electronBinary } from '../../main/shell/electron/probe.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const checks: { readonly name: string; readonly ok: boolean }[] = [];
const check = (name: string, ok: boolean): void => {
  checks.push({ name, ok });
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
};

const binary = electronBinary(process.env);
if (binary === null) throw new Error('run by test/run.ts where the binary is');
const app = await _electron.launch({ executablePath: binary, args: [join(ROOT, 'dist', 'main', 'electron.js')] });
try {
  const window = await app.firstWindow();
  await window.waitForFunction('typeof window.__idle === "function"');
  await window.evaluate('window.__idle()');
  check('the window shows the demonstration', (await window.title()).includes('Understudy'));
  check('the window has no Node', (await window.evaluate('typeof require + typeof process')) === 'undefinedundefined');
  check(
    'the window got its port from Electron',
    (await window.evaluate('typeof window.understudy.connect')) === 'function',
  );
  check(
    'the window cannot ask for files of this machine',
    await window.evaluate(() =>
      fetch('file:///etc/passwd').then(
        () => false,
        () => true,
      ),
    ),
  );
} finally {
  await app.close();
}
const failed = checks.filter(({ ok }) => !ok).length;
console.log(`${checks.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
