// A person drops files on the window.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { drop, press, visit } from './moves.ts';
import type { Story } from './story.ts';

const TRANSCRIPT = readFileSync(new URL('../../main/shell/demonstration/live-migration.txt', import.meta.url), 'utf8');

export const importing: Story = {
  name: 'import: dropped files become events once, and what is no log is refused by line',
  run: async ({ page }) => {
    await visit(page, '#/cluster?branch=incident-2013');
    await drop(page, [{ name: 'live-migration.txt', text: TRANSCRIPT }]);
    const dialog = page.locator('dialog[open]');
    assert.match(await dialog.locator('h2').innerText(), /^Nothing new/);
    await press(page, 'Escape');
    await drop(page, [{ name: 'shopping.txt', text: 'milk\nbread\n12 eggs\n' }]);
    const says = await dialog.innerText();
    assert.match(says, /shopping\.txt/);
    assert.match(says, /Not imported|0 events imported|refused/);
    await page.getByRole('button', { name: 'Close' }).click();
    assert.equal(await page.locator('dialog[open]').count(), 0);
  },
};
