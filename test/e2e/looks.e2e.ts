// Every place at two sizes in both themes: kept as pictures, and checked for overflow, overlap and cut words.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { idle } from './browser.ts';
import { flaws } from './layout.ts';
import { click, press, visit } from './moves.ts';
import type { Story } from './story.ts';

const FLAWS_TOLD = 12;
const POLICIES_MS = 60_000; // nine policies on a day, on a machine that does other things too
const RESULTS = new URL('../../test-results/window', import.meta.url).pathname;

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['light', 'dark'] as const;

const keep = async (page: Page, name: string): Promise<readonly string[]> => {
  const bad: string[] = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.mouse.move(0, 0);
      await idle(page);
      const picture = `${name}-${size.width}x${size.height}-${colorScheme}`;
      await page.screenshot({ path: join(RESULTS, `${picture}.png`) });
      for (const flaw of await flaws(page)) bad.push(`${picture}: ${flaw.what}: ${flaw.where}`);
    }
  }
  return bad;
};

/** The id of a VM on a host at the instant shown. */
const someVm = async (page: Page): Promise<string> => {
  await page.locator('[data-surface=map]').focus();
  const address = await page.locator('[data-surface=map] [data-entity^="vm:"]').first().getAttribute('data-entity');
  assert.ok(address !== null);
  return address;
};

export const looks: Story = {
  name: 'looks: no overflow, no text over text and no cut word in any place, two sizes, light and dark',
  run: async ({ page }) => {
    mkdirSync(RESULTS, { recursive: true });
    const bad: string[] = [];
    const check = async (name: string): Promise<void> => {
      bad.push(...(await keep(page, name)));
    };
    const at = '2026-11-17T10:40:48Z';
    await visit(page, `#/cluster?branch=main&at=${at}`);
    await check('cluster');
    await press(page, 'v');
    await check('table');
    await press(page, 'v');
    const vm = await someVm(page);
    await visit(page, `#/cluster?branch=main&at=${at}&select=${vm}`);
    await check('vm');
    await visit(page, `#/cluster?branch=main&at=${at}&select=host:compute-23`);
    await check('host');
    await visit(page, '#/cluster?branch=incident-2013');
    await check('incident');
    await click(page, 'anomalies');
    await check('anomalies');
    await press(page, 'r');
    await check('report');
    await press(page, 'Escape');
    await visit(page, `#/network?branch=main&at=${at}`);
    await check('network');
    for (const tab of ['Curves', 'Traffic', 'FDB load']) {
      await page.getByRole('radio', { name: tab }).click();
      await idle(page);
      await check(`network-${tab.toLowerCase().replace(' ', '-')}`);
    }
    await page.getByRole('radio', { name: 'Traffic' }).click();
    await page.getByLabel('Whose traffic').selectOption('shuffle');
    await idle(page);
    await check('network-traffic-made-up');

    await visit(page, `#/migrate?branch=main&at=${at}`);
    await check('migrate');
    await visit(page, '#/migrate?branch=main&at=2026-11-17T09:00:00Z&select=host:compute-07');
    await check('migrate-drain');
    for (const view of ['Every host', 'Report', 'Record']) {
      await page.getByRole('radio', { name: view }).click();
      await idle(page);
      await check(`migrate-${view.toLowerCase().replace(' ', '-')}`);
    }
    await page.getByRole('radio', { name: 'Plan', exact: true }).click();
    await page.getByLabel('What the plan is for').selectOption('make-room');
    await page.getByLabel('Flavor to make room for').selectOption('r1.88g');
    await idle(page);
    await check('migrate-room');

    await visit(page, `#/capacity?branch=main&at=${at}`);
    await check('capacity');
    await page.getByTestId('assume').getByRole('combobox').first().selectOption('rocky');
    await page.getByLabel('Hosts to add').fill('2');
    await idle(page);
    await check('capacity-assumed');
    await page.getByRole('radio', { name: 'Hosts' }).click();
    await idle(page);
    await check('capacity-hosts');

    await visit(page, '#/consolidate?branch=main&at=2026-11-17T10:30:00Z', POLICIES_MS);
    await page.getByTestId('policies').waitFor();
    await check('consolidate');
    await page.getByRole('radio', { name: 'Plan' }).click();
    await page.getByTestId('plan-review').waitFor();
    await check('consolidate-plan');
    await visit(page, '#/cluster?branch=main&at=2026-11-17T10:36:00Z&select=host:compute-23');
    await press(page, 'd');
    await check('drill-plan');
    await page.getByRole('radio', { name: 'Pairs' }).click();
    await click(page, 'run-sweep');
    await page.getByTestId('sweep-verdict').waitFor();
    await check('drill-pairs');
    await click(page, 'run-drill');
    await check('drill');
    await page.getByRole('button', { name: /^Compare with main$/ }).click();
    await check('compare');
    await page.getByRole('radio', { name: 'Down times' }).click();
    await idle(page);
    await check('compare-down');
    await visit(page, '#/drill?branch=incident-2013&at=2013-08-06T10:36:35Z');
    await page.getByLabel('recovery method').selectOption('auto_priority');
    await page.getByTestId('reserve').selectOption('compute-2');
    await page.locator('[data-surface=map]').focus();
    await press(page, 'ArrowRight', 'ArrowLeft', 'Enter');
    await check('drill-plan-incident');
    await click(page, 'run-drill');
    await page.getByRole('radio', { name: 'Beside the record' }).click();
    await idle(page);
    await check('drill-record');
    await click(page, 'branch');
    await check('branches');
    await press(page, 'Escape');
    await press(page, '?');
    await check('keys');
    await press(page, 'Escape', 'Control+k');
    await check('find');
    assert.equal(bad.length, 0, `${bad.length} flaws:\n${bad.slice(0, FLAWS_TOLD).join('\n')}`);
  },
};
