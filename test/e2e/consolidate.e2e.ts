// A person compares policies on the demonstration's own day, stops a run, reads a plan and puts it on a branch.
import assert from 'node:assert/strict';
import { idle } from './browser.ts';
import { click, said, visit } from './moves.ts';
import type { Story } from './story.ts';

const TUESDAY = '#/consolidate?branch=main&at=2026-11-17T10:30:00Z';
const LONG = 60_000; // nine policies on a day, on a machine that does other things too

/** Six VMs for half an hour: quick, and no policy has anything to move. */
const TRACES = `vm,${[0, 1, 2, 3, 4, 5].map((s) => `s${s}`).join(',')}\n${['a', 'b', 'c', 'd', 'e', 'f']
  .map((vm) => `${vm},10,20,30,20,10,20\n`)
  .join('')}`;

export const consolidating: Story = {
  name: 'consolidate: policies side by side on the own day, a plan with its reasons, applied to a branch',
  run: async ({ page }) => {
    await visit(page, TUESDAY, LONG);
    const table = page.getByTestId('policies');
    await table.waitFor({ timeout: LONG });
    await idle(page);
    assert.equal(await table.locator('tbody tr').count(), 9);
    await table.getByRole('button', { name: 'lrr-mmt' }).click();
    assert.match(await said(page, 'policy'), /lrr-mmt.*kWh less than dvfs/s);

    // Another file, with a fault: nothing runs, and the line is named. Then a good one.
    const file = page.getByTestId('trace-file');
    await file.setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('vm,s0,s1\na,1,101\n') });
    await page.getByText('bad.csv, line 2, field s1: 101 % is more than 100 %.').waitFor();
    await file.setInputFiles({ name: 'good.csv', mimeType: 'text/csv', buffer: Buffer.from(TRACES) });
    await page.locator('.figures', { hasText: /good\.csv.*6 VMs/ }).waitFor({ timeout: LONG });

    // A run that is stopped says so and leaves the figures that were there.
    await page.getByRole('radio', { name: 'Record' }).click();
    await click(page, 'cancel-policies');
    await page.getByText(/Stopped/).waitFor();
    assert.match(await said(page, 'policies'), /steady/);

    await page.getByRole('radio', { name: 'Plan' }).click();
    const review = page.getByTestId('plan-review');
    await review.waitFor();
    assert.match(await said(page, 'plan'), /\d+ moves? to empty \d+ hosts?/);
    assert.match(await review.innerText(), /CPU mean of the last 2 samples 0\.\d\d, below 0\.50/);
    await review.getByRole('button', { name: 'Considered and refused' }).click();
    await review.locator('.card').nth(1).locator('tbody tr').first().click();
    assert.match(await said(page, 'options'), /refused/);

    await click(page, 'apply-plan');
    await page.getByText('on this branch').waitFor();
    assert.match(await said(page, 'branch'), /^consolidate: 10:30 what-if$/);
    await click(page, 'drill-plan');
    assert.ok(await page.getByTestId('run-drill').isVisible());
  },
};
