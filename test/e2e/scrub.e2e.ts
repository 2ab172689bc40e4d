// A person moves through time.
import assert from 'node:assert/strict';
import { idle } from './browser.ts';
import { hostSays, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

const AT = (clock: string): string => `#/cluster?branch=main&at=2026-11-17T${clock}Z`;

export const scrubbing: Story = {
  name: 'scrub: pointer, keys, steps and play move one instant under the whole window',
  run: async ({ page }) => {
    await visit(page, AT('10:30:00'));
    assert.match(await hostSays(page, 'compute-23'), /^compute-23, up/);

    const timeline = page.locator('[data-surface=timeline]');
    const box = await timeline.boundingBox();
    assert.ok(box !== null);
    const y = box.y + 60;
    await page.mouse.move(box.x + box.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, y, { steps: 30 });
    await page.mouse.up();
    await idle(page);
    assert.match(await hostSays(page, 'compute-23'), /^compute-23, fenced/);
    const dragged = await said(page, 'clock');
    assert.ok(dragged > '10:37', `dragged past the fencing, not to ${dragged}`);
    assert.match(page.url(), new RegExp(`at=2026-11-17T${dragged.slice(0, 5).replace(':', '%3A')}`));

    await press(page, 'Shift+Comma');
    const mark = await said(page, 'clock');
    assert.ok(mark < dragged, 'the mark back is earlier');
    await press(page, 'Period');
    assert.ok((await said(page, 'clock')) >= mark, 'an event on is not earlier');

    const before = await said(page, 'clock');
    await page.getByTestId('play').click();
    await page.waitForFunction(
      (was) => document.querySelector('[data-testid=clock]')?.textContent?.startsWith(was) === false,
      before.slice(0, 8),
    );
    await page.getByTestId('play').click();
    await idle(page);
    const paused = await said(page, 'clock');
    assert.ok(paused > before, 'playing moved on');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await idle(page);
    assert.equal(await said(page, 'clock'), paused);

    await timeline.focus();
    await press(page, 'ArrowLeft');
    assert.ok((await said(page, 'clock')) < paused, 'an arrow moves back');
    await press(page, 'Home');
    assert.match(await said(page, 'clock'), /^00:0/);
  },
};
