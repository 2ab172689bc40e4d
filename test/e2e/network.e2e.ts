// A person reads the overlay: the mesh, a host's flow table and what changed in it, and a packet look-up by look-up.
import assert from 'node:assert/strict';
import { press, said, visit } from './moves.ts';
import type { Story } from './story.ts';

export const tracing: Story = {
  name: 'network: tunnels in both modes, flow tables searched and compared, a packet followed step by step, its price',
  look: { width: 1440, height: 900, theme: 'light' },
  run: async ({ page }) => {
    await visit(page, '#/network?branch=main&at=2026-11-17T10:40:48.000Z');
    const inspector = page.getByRole('complementary', { name: 'Inspector' });

    // The picture and its mirror say the same: every VTEP, its tunnels, and the one that was fenced.
    const mesh = page.locator('[data-surface=tunnels-mesh]');
    assert.equal(await mesh.getAttribute('aria-label'), 'Full mesh: tunnels between 40 VTEPs');
    assert.equal(await mesh.getByRole('option').count(), 40);
    assert.match((await mesh.locator('[data-entity="host:compute-23"]').textContent()) ?? '', /fenced, 39 tunnels/);
    assert.match(await said(page, 'tunnel-card'), /copies of a flood 39/);
    assert.match(await said(page, 'lints'), /^Recorded wrong Nothing/);

    // The picture as a table, and back.
    await press(page, 'v');
    assert.equal(await page.getByTestId('vtep-table').locator('tbody tr').count(), 40);
    assert.match(await said(page, 'vtep-table'), /compute-23 10\.30\.0\.23 .* fenced/);
    await press(page, 'v');

    // A host chosen by keys alone has its table shown; searching narrows it, and the dump is Open vSwitch's own words.
    const l2pop = page.locator('[data-surface=tunnels-l2pop]');
    // Tenants are local, so what l2population leaves out is to be seen.
    const tunnels = await l2pop
      .getByRole('option')
      .evaluateAll((all) => all.map((o) => Number(/(\d+) tunnels/.exec(o.textContent)?.[1])));
    assert.ok(
      tunnels.every((n) => n > 0 && n < 39),
      `partial mesh: ${tunnels.join(', ')}`,
    );
    await l2pop.focus();
    await press(page, 'ArrowRight', 'ArrowRight', 'Enter');
    const host = await page.getByLabel('Host of the flow table').inputValue();
    assert.match(host, /^compute-\d\d$/);
    assert.equal(await l2pop.getByRole('option', { selected: true }).count(), 1);
    const before = await page.getByTestId('flows').locator('tbody tr').count();
    await page.getByLabel('Filter flows').fill('set_field:2->arp_op');
    await page.evaluate(() => window.__idle());
    const answers = page.getByTestId('flows').locator('tbody tr');
    assert.ok((await answers.count()) > 0 && (await answers.count()) < before, 'the filter narrows the table');
    assert.match((await answers.first().getAttribute('title')) ?? '', /^table=21, priority=1,arp,dl_vlan=\d+,arp_tpa=/);
    await page.getByLabel('Filter flows').fill('');
    await page.getByLabel('All flows, or what changed').selectOption('30');
    await page.evaluate(() => window.__idle());
    assert.match(await said(page, 'flows'), /\d+ flows? added, \d+ removed/);
    await page.getByLabel('All flows, or what changed').selectOption('0');

    // The packet is delivered; stepping lights one look-up after the other, across the tunnel.
    assert.equal(await said(page, 'trace-verdict'), 'delivered');
    await page.getByTestId('trace-player').focus();
    await press(page, 'ArrowRight', 'ArrowRight');
    assert.match(await said(page, 'trace-player'), /2 of \d+/);
    assert.equal(await inspector.locator('.trace [aria-current=step]').count(), 1);
    assert.equal(await page.getByTestId('flows').locator('tr[aria-current=step]').count(), 1);
    await press(page, 'End');
    assert.notEqual(await page.getByLabel('Host of the flow table').inputValue(), host);
    assert.ok((await inspector.locator('.trace .hop').count()) > 0, 'the tunnel is told');

    // An ARP request is answered at home; a packet that is not understood is named, not dropped.
    await page.getByRole('radio', { name: 'ARP', exact: true }).click();
    await page.evaluate(() => window.__idle());
    assert.match(await inspector.innerText(), /answered by compute-\d\d itself, by its ARP responder/);
    await page.getByRole('radio', { name: 'Own packet' }).click();
    await page.getByLabel('Packet, in the words of ofproto/trace').fill('icmp,colour=blue');
    await press(page, 'Tab');
    assert.match(await inspector.innerText(), /unknown match field "colour"/);

    // The price of the same packet.
    assert.match(await said(page, 'path-cost'), /µs one way · [\d.]+ Mpps/);
    assert.ok((await page.locator('[data-surface=waterfall] li').count()) > 5, 'every stage is in words');

    // The same asked of curves, of traffic that is made up, and of a live migration of the sender.
    await page.getByRole('radio', { name: 'Curves' }).click();
    await page.getByLabel('What the curves run over').selectOption('64 B frames over cores, 1,000 flows');
    await page.evaluate(() => window.__idle());
    assert.equal(
      await page.getByRole('img', { name: 'Throughput 64 B frames over cores, 1,000 flows, by datapath' }).count(),
      1,
    );
    await page.getByRole('radio', { name: 'Traffic' }).click();
    await page.evaluate(() => window.__idle());
    assert.match(await said(page, 'network-traffic'), /No traffic matrix is recorded/);
    await page.getByLabel('Whose traffic').selectOption('shuffle');
    await page.evaluate(() => window.__idle());
    assert.match(await said(page, 'network-traffic'), /[\d.]+ cores for [\d.]+ Gbit\/s of [\d ]+ pairs/);
    assert.equal(await page.getByTestId('network-traffic').locator('tbody tr').count(), 40);
    await page.getByRole('radio', { name: 'Echo' }).click();
    await page.evaluate(() => window.__idle());
    assert.match(
      await said(page, 'blackout'),
      /QEMU pause predicted .* FDB fanout 0\.2 s .* \d+ hosts? of the network floods? what is meant for it/,
    );
    await page.getByRole('radio', { name: 'Source first' }).click();
    await page.evaluate(() => window.__idle());
    assert.match(await said(page, 'blackout'), /every other host of the network sends straight to it/);

    // A log that tells only hosts and addresses still has an overlay, and says what it made up.
    await visit(page, '#/network?branch=incident-2013');
    await press(page, 'End');
    assert.match(await inspector.innerText(), /Assumed, because the log does not tell/i);
  },
};
