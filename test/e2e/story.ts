// What a story is: a person's path through the window in a real browser against the real shell.
import type { Browser, Page } from 'playwright';
import { openWindow, type Look } from './browser.ts';
import { startShell, type Shell } from './shell.ts';

export type Stage = {
  readonly page: Page;
  readonly shell: Shell;
  /** Errors the page logged or threw; a story ends with none of them unless it takes them out. */
  readonly faults: string[];
};

export type Story = {
  readonly name: string;
  readonly look?: Look;
  readonly run: (stage: Stage) => Promise<void>;
};

const PLAIN: Look = { width: 1280, height: 800, theme: 'light' };

/** Plays a story on a shell and a demonstration of its own; throws what the story asserts. */
export const play = async (browser: Browser, story: Story): Promise<void> => {
  const shell = await startShell();
  try {
    const { page, faults } = await openWindow(browser, shell.address, story.look ?? PLAIN);
    try {
      await story.run({ page, shell, faults });
    } finally {
      await page.context().close();
    }
    if (faults.length > 0) throw new Error(`the page logged: ${faults.join(' | ')}`);
  } finally {
    await shell.stop();
  }
};
