// A person rehearses the failure of compute-1 just before it happened, and then with a VM more.
import assert from 'node:assert/strict';
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
  },
};
