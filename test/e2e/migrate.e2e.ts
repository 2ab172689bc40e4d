// A person empties a host: who can go where and why not, the plan and its report, one VM's rounds, the runbook, the branch.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { idle } from './browser.ts';
import { click, press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

const BEFORE_WINDOW = '#/migrate?branch=main&at=2026-11-17T09:00:00.000Z&select=host:compute-07';

export const draining: Story = {
  name: 'migrate: a host is planned empty, blockers told cell by cell, a move drawn round by round, kept on a branch',
  look: { width: 1440, height: 900, theme: 'light' },
  run: async ({ page }) => {
    await visit(page, BEFORE_WINDOW);
    const board = page.locator('[data-surface=plan]');
    const rows = board.getByRole('row');

    // The host chosen elsewhere is what is drained; everyone on it has a row with a move or the reason why it stays.
    assert.match(await said(page, 'plan-verdict'), /^can be drained 18 moves in \d+ min \d\d s$/);
    assert.equal(await rows.count(), 18);
    assert.match((await rows.first().getByRole('rowheader').textContent()) ?? '', /: live to compute-\d\d, 0 s to /);
    assert.equal(await board.locator('[data-chosen=true]').count(), 18);
    assert.match(await said(page, 'plan-summary'), /^16 live as planned 2 cold stopped meanwhile 0 stay/);

    // Every destination: a cell refuses with a code, numbers and the fix; keys reach it and choose its VM.
    await page.getByRole('radio', { name: 'Every host' }).click();
    await idle(page);
    assert.equal(await rows.first().getByRole('gridcell').count(), 39);
    const refused = board.locator('[data-verdict=blocked]').filter({ hasText: 'ram-capacity' }).first();
    assert.match((await refused.textContent()) ?? '', /cannot take it.*has \d+ of \d+ MiB RAM free, \d+ asked/);
    await board.focus();
    const large = await rows.evaluateAll((all) =>
      all.findIndex((row) => row.textContent.startsWith('vm-search-es-22')),
    );
    await press(page, ...Array.from({ length: large + 1 }, () => 'ArrowDown'), 'ArrowRight', 'Enter');
    assert.match((await board.locator('[aria-selected=true]').textContent()) ?? '', /^vm-search-es-22: live to/);

    // The chosen VM's move: its rounds, what is assumed, and the settings that would change it.
    await page.getByRole('radio', { name: 'Plan', exact: true }).click();
    await idle(page);
    assert.match(await said(page, 'prediction'), /completes live total .* guest stops for .* write rate .* assumed/);
    await page.getByRole('img', { name: /rounds of pending memory; the last falls below the threshold/ }).waitFor();
    assert.match(await said(page, 'sweep'), /auto-converge .* cold/);
    assert.match(
      await said(page, 'blackout'),
      /^Unreachable while it moves for .* to compute-\d\d .*QEMU pause predicted above .*port binding .*agent .*FDB fanout .*ARP \/ RARP/i,
    );

    // A guest that writes faster than the link carries never gets there, and what would help is told.
    await page.getByLabel('write rate where never sampled').fill('400000');
    await press(page, 'Tab');
    assert.match(await said(page, 'prediction'), /does not converge/);
    assert.match(await said(page, 'sweep'), /What would make it move/i);
    assert.match(await said(page, 'plan-summary'), /^\d+ live as planned (?:[3-9]|1\d) cold/);
    await page.getByLabel('write rate where never sampled').fill('2000');
    await press(page, 'Tab');

    // The report says what was taken for granted, and that somebody else checked.
    await page.getByRole('radio', { name: 'Report' }).click();
    await idle(page);
    assert.match(await said(page, 'plan-report'), /accepts the plan: replayed 18 moves/);
    assert.match(await said(page, 'plan-report'), /Assumed, because no log tells/i);

    // Handed over, it tells the very state it was made on.
    await press(page, 'r');
    assert.match(await said(page, 'report'), /^Drain of compute-07 .*timeline main, .*event #\d+, state [0-9a-f]{12}/);
    await press(page, 'Escape');

    // The runbook is a file with every step in it.
    const [file] = await Promise.all([page.waitForEvent('download'), click(page, 'export-runbook')]);
    assert.equal(file.suggestedFilename(), 'drain-compute-07.sh');
    const script = await readFile(await file.path(), 'utf8');
    assert.match(script, /^#!\/bin\/sh\n# Drain of compute-07/);
    assert.equal(script.match(/^step_\d+\(\)/gm)?.length, 18);

    // On a branch of its own the moves become facts; the record keeps what it had.
    await click(page, 'apply-plan');
    assert.match(await said(page, 'branch'), /^drain: compute-07 what-if$/);
    await page.getByRole('radio', { name: 'Record' }).click();
    await press(page, 'End');
    assert.match(await said(page, 'move-record'), /compute-07/);
  },
};

const AT_NINE = '#/migrate?branch=main&at=2026-11-17T09:00:00.000Z';

export const goals: Story = {
  name: 'migrate goals: room for a flavor, a repair, a rebalancing; a VM is pinned and another left where it is',
  look: { width: 1440, height: 900, theme: 'light' },
  run: async ({ page }) => {
    await visit(page, AT_NINE);
    const kind = page.getByLabel('What the plan is for');
    const board = page.locator('[data-surface=plan]');

    // Room for the largest flavor: few moves, and how many are needed at least.
    await kind.selectOption('make-room');
    await page.getByLabel('Flavor to make room for').selectOption('r1.88g');
    await idle(page);
    assert.match(await said(page, 'plan-verdict'), /^\d moves? in /);
    assert.match(await said(page, 'goal'), /^Room for 1 × r1\.88g.*fits 0 times now and once after \d moves?/);
    const rows = await board.getByRole('row').count();
    assert.ok(rows > 0 && rows < 8, `${rows} rows`);

    // More than anybody has is refused, with what is short.
    await page.getByLabel('How many have to fit').fill('100');
    await press(page, 'Tab');
    assert.match(await said(page, 'plan-verdict'), /^not to be had in full/);
    await page.getByRole('radio', { name: 'Report' }).click();
    await idle(page);
    assert.match(await said(page, 'plan-report'), /no rearrangement makes it fit/);
    await page.getByRole('radio', { name: 'Plan', exact: true }).click();

    // What stands wrongly is mended, nothing else moves; the plan goes onto a branch where there is nothing to mend.
    await kind.selectOption('repair');
    await idle(page);
    assert.match(await said(page, 'goal'), /Violated before: server group .*no plan needs fewer/);
    await click(page, 'apply-plan');
    assert.match(await said(page, 'branch'), /^repair what-if$/);
    await press(page, 'End');
    assert.match(await said(page, 'plan-verdict'), /nothing has to move/);
    await visit(page, AT_NINE);

    // A rebalancing, edited: one VM stays, another goes where a person says; both can be taken back.
    await page.getByLabel('What the plan is for').selectOption('rebalance');
    await idle(page);
    assert.match(await said(page, 'plan-verdict'), /^\d+ moves in /);
    const first = (await board.getByRole('rowheader').first().textContent()) ?? '';
    await board.focus();
    await press(page, 'ArrowDown', 'Enter');
    await page.getByRole('button', { name: 'Leave it where it is' }).click();
    await idle(page);
    assert.match(await said(page, 'decided'), /stays/);
    assert.doesNotMatch((await board.textContent()) ?? '', new RegExp(`${first.split(':')[0] ?? 'none'}: live to`));
    await page.getByTestId('decided').getByRole('button').first().click();
    await page.getByLabel('Where it goes').selectOption({ index: 3 });
    await idle(page);
    const pinned = /(\S+) to (compute-\d\d)/.exec(await said(page, 'decided'));
    assert.ok(pinned !== null);
  },
};
