// Electron is looked for without waking its installer, and the choice says why.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseShell } from '../../../main/shell/choice.ts';
import { hasDisplay } from '../../../main/shell/display.ts';
import { electronBinary } from '../../../main/shell/electron/probe.ts';

/** An `electron` package as npm leaves it, with or without what its installer adds. */
const electronPackage = (files: readonly string[]): string => {
  const dir = mkdtempSync(join(tmpdir(), 'understudy-probe-'));
  mkdirSync(join(dir, 'dist'));
  for (const file of files) writeFileSync(join(dir, file), file === 'path.txt' ? 'electron' : '');
  return dir;
};

test('the binary is there only where path.txt names a file that exists', () => {
  expect(electronBinary({}, null)).toBeNull();
  expect(electronBinary({}, electronPackage([]))).toBeNull();
  expect(electronBinary({}, electronPackage(['path.txt']))).toBeNull();
  expect(electronBinary({}, electronPackage(['dist/electron']))).toBeNull();
  const whole = electronPackage(['path.txt', 'dist/electron']);
  expect(electronBinary({}, whole)).toBe(join(whole, 'dist', 'electron'));
});

test('another distribution may be named, and must exist, too', () => {
  const other = electronPackage(['dist/electron']);
  const named = { ELECTRON_OVERRIDE_DIST_PATH: join(other, 'dist') };
  expect(electronBinary(named, electronPackage([]))).toBe(join(other, 'dist', 'electron'));
  expect(electronBinary({ ELECTRON_OVERRIDE_DIST_PATH: other }, electronPackage([]))).toBeNull();
});

test('without a display the browser is served, and says so', async () => {
  const choice = await chooseShell({}, 'linux', () => {});
  expect(choice).toEqual({
    shell: 'loopback',
    why: 'this machine has no display for Electron',
  });
});

test('a display is a Mac, a Windows, or one that is named', () => {
  expect(hasDisplay({}, 'darwin')).toBe(true);
  expect(hasDisplay({}, 'win32')).toBe(true);
  expect(hasDisplay({ DISPLAY: '' }, 'linux')).toBe(false);
  expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
});
