// The moves a person makes in the window, by role and word as a screen reader finds them.
import type { Page } from 'playwright';
import { idle } from './browser.ts';

/** Goes to a fragment of the window's address, as a bookmark would; a place that computes for long is given its time. */
export const visit = async (page: Page, fragment: string, patienceMs?: number): Promise<void> => {
  const { origin } = new URL(page.url());
  await page.goto('about:blank');
  await page.goto(`${origin}/${fragment}`);
  await idle(page, patienceMs);
};

/** Presses keys one after the other, waiting for the picture after each. */
export const press = async (page: Page, ...keys: readonly string[]): Promise<void> => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await idle(page);
  }
};

export const click = async (page: Page, testId: string): Promise<void> => {
  await page.getByTestId(testId).click();
  await idle(page);
};

/** Finds by the find field and opens the first hit. */
export const find = async (page: Page, text: string): Promise<void> => {
  await press(page, 'Control+k');
  await page.getByTestId('find-field').fill(text);
  await idle(page);
  await press(page, 'Enter');
};

/** Drops files on the window as a desktop would. */
export const drop = async (
  page: Page,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> => {
  await page.evaluate((dropped) => {
    const transfer = new DataTransfer();
    for (const { name, text } of dropped) transfer.items.add(new File([text], name));
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, files);
  await idle(page);
};

/** The text of an element found by its test id, spaces made plain. */
export const said = async (page: Page, testId: string): Promise<string> =>
  (await page.getByTestId(testId).innerText()).replaceAll(/[\s\u202f]+/g, ' ').trim();

/** What the map says in words: its label, and the sentence of one host. */
export const mapSays = async (page: Page): Promise<string> =>
  (await page.locator('[data-surface=map]').first().getAttribute('aria-label')) ?? '';
export const hostSays = async (page: Page, host: string): Promise<string> =>
  (await page.locator(`[data-entity="host:${host}"]`).first().textContent()) ?? '';
