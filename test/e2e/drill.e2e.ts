// A person rehearses the failure of compute-1 just before it happened, and then with a VM more.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idle } from './browser.ts';
import { click, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

const BEFORE_SHUTDOWN = '#/drill?branch=incident-2013&at=2013-08-06T10:36:35Z';

export const drilling: Story = {
  name: 'drill: hosts picked on the map fail on a branch of their own, and every VM has an outcome with its cause',
  run: async ({ page }) => {
    await visit(page, BEFORE_SHUTDOWN);
    assert.ok(await page.getByTestId('run-drill').isDisabled(), 'nothing to run before a host is chosen');
    await page.locator('[data-surface=map]').focus();
    await press(page, 'ArrowRight', 'ArrowLeft', 'Enter');
    await page.getByRole('button', { name: 'Do not fail compute-1' }).waitFor();
    await click(page, 'run-drill');
    assert.match(await said(page, 'branch'), /^drill: compute-1 what-if$/);
    assert.match(await said(page, 'verdict'), /compute-1/);
    const lanes = await page.locator('[data-surface=lanes] [role=option]').allTextContents();
    assert.equal(lanes.length, 2);
    for (const lane of lanes) assert.match(lane, /recovered on compute-2/);
    assert.match(await said(page, 'outcomes'), /recovered 2/);

    // The record of that day had both VMs back later: beside the drill, and in the comparison of the two branches.
    await page.getByRole('radio', { name: 'Beside the record' }).click();
    assert.match(await said(page, 'down-times'), /vm-boot-from-vol 5:56, runs 6:18 1:32 −4:24/);
    await page.getByRole('button', { name: 'Compare with incident-2013' }).click();
    await idle(page);
    await page.getByRole('radio', { name: 'Down times' }).click();
    assert.match(
      await said(page, 'down-times'),
      /incident-2013 drill: compute-1 .*vm-live-migration 6:15, runs 6:18 1:45/,
    );
    await visit(page, '#/drill?branch=drill%3A%20compute-1');

    // Back to the plan, with one VM more whose disk is local to the host that fails.
    await page.getByRole('button', { name: 'Change the drill' }).click();
    await idle(page);
    assert.match(await said(page, 'branch'), /^incident-2013/);
    const form = page.getByTestId('add-vm');
    await form.getByLabel('name').fill('vm-local');
    await form.getByLabel('storage').selectOption('local');
    await form.getByRole('button', { name: 'Branch here and add' }).click();
    await idle(page);
    assert.match(await said(page, 'branch'), /^with vm-local what-if$/);
    await click(page, 'run-drill');
    assert.match(await said(page, 'outcomes'), /rebuilt, data lost 1/);
    assert.match(await page.locator('[data-outcome=rebuilt]').first().innerText(), /local disk gone|vm-local/);

    // Racks from a list, rules of an older Nova, two reserved hosts: all of it is asked, told and kept.
    await visit(page, '#/drill?branch=main&at=2026-11-17T10:36:00Z');
    await page.getByTestId('racks-file').setInputFiles({
      name: 'halls.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('host,rack\ncompute-01,hall-1\ncompute-02,hall-1\n'),
    });
    await page.getByRole('button', { name: /racks of halls.csv/ }).waitFor();
    await page.getByRole('radio', { name: 'Rack', exact: true }).click();
    await page.locator('[data-surface=map] [data-entity="host:compute-01"]').first().dispatchEvent('click');
    await page.getByTestId('drill-release').selectOption('rocky');
    await page.getByLabel('recovery method').selectOption('rh_priority');
    await page.getByTestId('reserve').selectOption('compute-03');
    await page.getByTestId('reserve').selectOption('compute-04');
    await page.getByRole('button', { name: 'Do not reserve compute-04' }).waitFor();
    await page.getByRole('radio', { name: 'Racks' }).click();
    await click(page, 'run-sweep');
    assert.match(await said(page, 'sweep-verdict'), /rack/);

    // A switch picked on the map, with a step written by hand; the drill is kept as a folder.
    await visit(page, '#/drill?branch=main&at=2026-11-17T10:36:00Z');
    await page.getByRole('radio', { name: 'Switch' }).click();
    await page.locator('[data-surface=map]').focus();
    await press(page, 'ArrowRight', 'ArrowLeft', 'Enter');
    const [step] = await page.getByRole('button', { name: /^Do not fail fail tor/ }).allInnerTexts();
    assert.match(step ?? '', /^fail tor /);
    const script = page.getByLabel('Fault script, a step a line');
    await script.fill(`${step}\nat +10m return tor ${step?.replace('fail tor ', '')}`);
    await page.getByLabel('Somebody fences the host').uncheck();
    await click(page, 'run-drill');
    assert.match(await said(page, 'verdict'), /recovered with their disks/);
    await page.getByLabel('Recovery goal in minutes').fill('1');
    assert.match(await said(page, 'within-goal'), /^0 of \d+ within the goal$/);
    await page.getByRole('button', { name: 'Save as scenario' }).click();
    await idle(page);
    const kept = /^Kept in (.+)\.$/.exec(await said(page, 'kept'))?.[1] ?? '';
    assert.deepEqual(readdirSync(kept).sort(), [
      'README.md',
      'cluster.json',
      'cluster.jsonl.gz',
      'commands.txt',
      'expected.log',
    ]);
    assert.match(
      readFileSync(join(kept, 'commands.txt'), 'utf8'),
      /--script 'fail tor .*;at \+10m return tor .*' --clock fence=false/,
    );
  },
};
