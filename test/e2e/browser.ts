// Finds a Chromium on this machine and opens the window in it, at a size and in a theme.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright';

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome'] as const;

const which = (name: string): string | null => {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null;
  } catch {
    return null;
  }
};

/** The browser to test in: `UNDERSTUDY_CHROMIUM`, one on the PATH, else Playwright's own; null when there is none. */
export const findChromium = (): string | null => {
  const named = process.env['UNDERSTUDY_CHROMIUM'];
  if (named !== undefined && existsSync(named)) return named;
  const found = ON_PATH.map(which).find((path) => path !== null);
  if (found !== undefined) return found;
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
};

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, args: FLAGS });

export type Look = { readonly width: number; readonly height: number; readonly theme: 'light' | 'dark' };

/** Opens the address and waits until nothing is pending; whatever the page logs as an error is collected in `faults`. */
export const openWindow = async (
  browser: Browser,
  address: string,
  look: Look,
): Promise<{ page: Page; faults: string[] }> => {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(IDLE_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error') faults.push(m.text());
  });
  page.on('pageerror', (e) => faults.push(String(e)));
  await page.goto(address);
  await idle(page);
  return { page, faults };
};

const IDLE_MS = 30_000; // hardly anything a story does takes a second; past this something never ends

/** Waits for `window.__idle()`: no call, render, paint or chart is pending. */
export const idle = async (page: Page, patienceMs = IDLE_MS): Promise<void> => {
  await page.waitForFunction(() => typeof window.__idle === 'function');
  const settled = page.evaluate(
    (limit) =>
      Promise.race([
        window.__idle().then(() => true),
        new Promise<boolean>((late) => setTimeout(() => late(false), limit)),
      ]),
    patienceMs,
  );
  if (await settled) return;
  const busy = await page.evaluate(() => window.__busy().join(', '));
  throw new Error(`the window was still busy after ${patienceMs / 1000} s with: ${busy}`);
};

declare global {
  interface Window {
    __idle: () => Promise<void>;
    __busy: () => readonly string[];
  }
}
