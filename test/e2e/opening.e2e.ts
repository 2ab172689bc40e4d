// A person starts the program for the first time.
import assert from 'node:assert/strict';
import { hostSays, mapSays, press, said } from './moves.ts';
import type { Story } from './story.ts';

export const opening: Story = {
  name: 'opening: the demonstration stands at its incident, and every place can be reached by its key',
  run: async ({ page }) => {
    assert.match(await mapSays(page), /^Cluster map at \d\d:\d\d:\d\dZ: 40 hosts, 6\d\d VMs, 1 down/);
    assert.match(await hostSays(page, 'compute-23'), /^compute-23, fenced, down since \d\d:\d\d:\d\dZ/);
    assert.match(await said(page, 'branch'), /^main record$/);
    for (const [key, heading] of [
      ['2', 'Network'],
      ['3', 'Migrate'],
      ['4', 'Drill'],
      ['6', 'Capacity'],
      ['7', 'Compare'],
      ['1', 'Cluster'],
    ] as const) {
      await press(page, key);
      assert.equal(await page.locator('h1').innerText(), heading);
    }
    await press(page, '?');
    assert.equal(await page.locator('dialog h2').innerText(), 'Keys');
    await press(page, 'Escape');
    assert.equal(await page.locator('dialog[open]').count(), 0);
  },
};
