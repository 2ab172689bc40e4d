// A planner asks what fits, why the next does not, and what another release, ratio or more hosts would change.
import assert from 'node:assert/strict';
import { idle } from './browser.ts';
import { click, said, visit } from './moves.ts';
import type { Story } from './story.ts';

export const planning: Story = {
  name: 'capacity: what fits and why no more, beside what other assumptions would give; the runway or why none',
  run: async ({ page }) => {
    await visit(page, '#/capacity?branch=main&at=2026-11-17T10:40:48Z');
    await page.getByRole('button', { name: 'r1.large' }).click();
    await idle(page);
    const fits = await said(page, 'what-fits');
    assert.match(fits, /For one more r1\.large: (free \d+ MiB RAM on|enable) compute-\d+/);
    assert.match(await said(page, 'rooms'), /RAM free on \d+ open hosts .* is stranded for r1\.large/);
    assert.match(await said(page, 'runway'), /a trend needs at least 7 days/);

    // Rocky allows 16 vCPUs and 1.5 times the RAM: every flavor gains, and now stands beside it.
    await page.getByTestId('assume').getByRole('combobox').first().selectOption('rocky');
    await idle(page);
    const rocky = await said(page, 'what-fits');
    assert.match(rocky, /as assumed, beside now/);
    assert.match(rocky, /\(\+\d+\)/);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await idle(page);

    await page.getByLabel('Hosts to add').fill('2');
    await idle(page);
    assert.match(await said(page, 'what-fits'), /\(\+\d+\)/);
    assert.match(await said(page, 'rooms'), /the largest free block is 128 GiB/);
    await page.getByRole('radio', { name: 'Hosts' }).click();
    await idle(page);
    assert.match(await said(page, 'books'), /compute-01\+1/);

    // A host taken out beside them, and all of it kept on a branch, where nothing has to be assumed any more.
    await page.getByLabel('A host to take out').selectOption('compute-02');
    await page.getByRole('button', { name: 'Leave compute-02 in' }).waitFor();
    await click(page, 'keep-assumed');
    assert.match(await said(page, 'branch'), /^what if/);
    assert.equal(await page.getByRole('button', { name: 'Back to now' }).count(), 0);
    assert.match(await said(page, 'books'), /compute-01\+1/);
  },
};
