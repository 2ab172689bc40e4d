// A person compares a rehearsal with what was recorded, and two instants of the record.
import assert from 'node:assert/strict';
import { idle } from './browser.ts';
import { click, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

export const comparing: Story = {
  name: 'compare: a branch and its parent, and two instants, in figures and as a list that leads to each entity',
  run: async ({ page }) => {
    await visit(page, '#/cluster?branch=main&at=2026-11-17T10:05:00Z&select=host:compute-12');
    await press(page, 'd');
    await click(page, 'run-drill');
    await page.getByRole('button', { name: /^Compare with main$/ }).click();
    await idle(page);
    assert.match(await said(page, 'difference'), /VMs?\b.* differ\.$/);
    assert.match(await said(page, 'figures'), /hosts down 0 1 \+1/);
    const first = page.getByTestId('differences').locator('tr').first();
    const entity = await first.getAttribute('data-entity');
    await first.locator('button').click();
    await idle(page);
    assert.ok(page.url().includes(`select=${encodeURIComponent(entity ?? '')}`), 'a difference selects its entity');

    await visit(page, '#/compare?branch=main&at=2026-11-17T10:45:00Z&against=main&againstAt=2026-11-17T10:35:00Z');
    assert.match(await said(page, 'figures'), /of them fenced 0 1 \+1/);
    await visit(page, '#/compare?branch=main&at=2026-11-17T10:35:00Z&against=main&againstAt=2026-11-17T10:35:00Z');
    assert.equal(await said(page, 'difference'), 'Nothing differs.');
  },
};
