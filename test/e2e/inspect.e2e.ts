// A person asks what became of one VM in the recorded incident.
import assert from 'node:assert/strict';
import { click, find, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

export const inspecting: Story = {
  name: 'inspect: a VM found by name tells its states, its machine and its story; anomalies lead to their instants',
  run: async ({ page }) => {
    await visit(page, '#/cluster?branch=incident-2013');
    assert.match(await said(page, 'branch'), /^incident-2013 record$/);
    await press(page, 'End');
    await find(page, 'vm-live-migration');
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    const head = await inspector.innerText();
    assert.match(head, /vm-live-migration/);
    assert.match(head, /vmState active/);
    assert.match(head, /powerState/);
    assert.match(head, /compute-2/);
    assert.match(head, /10\.20\.20\.3/);
    assert.ok((await inspector.locator('[aria-current=step]').count()) > 0, 'a state of its machine is lit');
    const story = await said(page, 'story');
    assert.match(story, /evacuat/i);

    // Back where it is stopped, its cause chain says why.
    await inspector.getByText('vm-live-migration is reported SHUTOFF').first().click();
    await page.evaluate(() => window.__idle());
    assert.match(await said(page, 'why'), /shutdown now[^]*compute-1 fails[^]*SHUTOFF/);
    await press(page, 'End');

    const end = await said(page, 'clock');
    await click(page, 'anomalies');
    assert.match(await said(page, 'anomalies-contradiction'), /compute-1/);
    await inspector.locator('.anomaly').first().click();
    await page.evaluate(() => window.__idle());
    assert.notEqual(await said(page, 'clock'), end);
    await press(page, 'Escape', 'Escape');

    // The map by keys alone: focus, move, open, go on into the VMs.
    await press(page, 'Home', 'End');
    const map = page.locator('[data-surface=map]');
    await map.focus();
    await press(page, 'ArrowRight', 'ArrowLeft', 'Enter');
    assert.match(await inspector.innerText(), /^compute-1/);
    await press(page, 'ArrowRight', 'Enter', 'Enter');
    assert.match(await inspector.innerText(), /^vm-/);
    assert.match((await map.getAttribute('aria-activedescendant')) ?? '', /vm:/);

    // The selection's menu: what can be done with it; a choice made there is taken back by one key.
    await press(page, 'Shift+F10');
    assert.match(
      await said(page, 'selection-menu'),
      /^Open it in the inspector Plan to empty the selected host M .* Copy its name$/,
    );
    await page.getByRole('menuitem', { name: /Plan to empty/ }).click();
    await page.evaluate(() => window.__idle());
    assert.match(page.url(), /#\/migrate\?/);
    assert.equal(await page.getByTestId('plan-verdict').count(), 1);
    await press(page, 'Control+z');
    assert.equal(await page.getByTestId('plan-verdict').count(), 0);
    await press(page, '1');
    await map.focus();

    // The same cluster as a table; what was looked at before is one step back.
    await press(page, 'v');
    const table = page.locator('main table');
    assert.equal(await table.locator('tbody tr').count(), 2);
    await table.locator('tbody tr', { hasText: 'vm-boot-from-vol' }).click();
    await page.evaluate(() => window.__idle());
    assert.match(await inspector.innerText(), /^vm-boot-from-vol/);
    await press(page, 'v', '2');
    assert.match(page.url(), /#\/network\?/);
    await press(page, 'Alt+ArrowLeft');
    assert.match(page.url(), /#\/cluster\?/);
    assert.match(await inspector.innerText(), /^vm-boot-from-vol/);
    await press(page, 'Alt+ArrowRight');
    assert.match(page.url(), /#\/network\?/);
  },
};
