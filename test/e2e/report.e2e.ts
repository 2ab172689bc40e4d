// A person hands over what the window shows: the cluster, a drill, a comparison.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { click, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

export const reporting: Story = {
  name: 'report: what the place shows, to read, to save as Markdown or as a page; its pictures and tables as files',
  run: async ({ page }) => {
    await visit(page, '#/cluster?branch=main&at=2026-11-17T10:40:48Z');
    await press(page, 'r');
    assert.match(await said(page, 'report'), /^The cluster at 2026-11-17T10:40:48Z .*1 VM in ERROR/);
    const saved = page.waitForEvent('download');
    await click(page, 'save-html');
    const file = await saved;
    assert.equal(file.suggestedFilename(), 'The-cluster-at-2026-11-17T10-40-48Z.html');
    const path = await file.path();
    assert.match(readFileSync(path, 'utf8'), /^<!doctype html>[\s\S]*<h2>What still fits<\/h2>/);
    await press(page, 'Escape');

    await press(page, 'Control+e');
    const picture = page.waitForEvent('download');
    await page.getByTestId('exports').getByRole('button').first().click();
    const png = await (await picture).path();
    assert.equal(readFileSync(png).subarray(1, 4).toString('latin1'), 'PNG');
    await press(page, 'Escape', '6', 'Control+e');
    const table = page.waitForEvent('download');
    await page
      .getByTestId('exports')
      .getByRole('button', { name: /^What fits/ })
      .click();
    const csv = readFileSync(await (await table).path(), 'utf8').split('\r\n');
    assert.match(csv[0] ?? '', /^Flavor,size,/);
    assert.ok(
      csv.some((row) => row.startsWith('m1.large,"4 vCPU, 8 GiB",')),
      csv.join(' / '),
    );
    await press(page, 'Escape');

    await visit(page, '#/cluster?branch=main&at=2026-11-17T10:05:00Z&select=host:compute-12');
    await press(page, 'd');
    await click(page, 'run-drill');
    await click(page, 'report-button');
    assert.match(await said(page, 'report'), /^Drill: compute-12 .* Every VM .* Clocks/);
    await press(page, 'Escape', 'c', 'r');
    assert.match(await said(page, 'report'), /^main at .* VMs?\b.* differ\. What changed/);
  },
};
