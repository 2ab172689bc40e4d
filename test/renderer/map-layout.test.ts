// The cluster map's layout: every VM inside its tile, nothing over anything, keys that lead where they point.
import { expect, test } from 'vitest';
import type { HostTile, Picture } from '../../domain/readout/picture-types.ts';
import { hitMap, layoutMap, neighbour, sharedPrefix, type MapLayout } from '../../renderer/surfaces/map-layout.ts';

const host = (n: number, vms: number, racks: number): HostTile => ({
  name: `compute-${String(n).padStart(2, '0')}`,
  rack: racks === 0 ? null : `R${n % racks}`,
  az: racks === 0 ? null : `az-${(n % racks) % 2}`,
  up: true,
  enabled: true,
  forcedDown: false,
  fenced: false,
  downSince: null,
  cpu: 0.5,
  cpuSampled: true,
  ram: 0.5,
  vcpus: 0.5,
  vms: Array.from({ length: vms }, (_, i) => ({
    id: `${n}/${i}`,
    name: `vm-${i}`,
    state: 'ACTIVE',
    load: 0.1,
    storage: null,
    doubtful: false,
  })),
});

const picture = (hosts: number, vms: number, racks: number): Picture => ({
  timeline: 'main',
  seq: 1,
  at: 0,
  hosts: Array.from({ length: hosts }, (_, i) => host(i + 1, (vms + i * 7) % (vms + 1), racks)),
  homeless: [],
  pools: [],
  moves: [],
  counts: {
    hosts,
    hostsDown: 0,
    hostsFenced: 0,
    vms: 0,
    active: 0,
    shutoff: 0,
    error: 0,
    moving: 0,
    rebuilding: 0,
    contradictions: 0,
    warnings: 0,
  },
});

/** Hosts, most VMs on one, racks, width, height. */
type Case = readonly [hosts: number, vms: number, racks: number, width: number, height: number];

const CASES: readonly Case[] = [
  [2, 2, 0, 848, 560],
  [40, 20, 4, 814, 560],
  [40, 20, 4, 390, 270],
  [40, 30, 4, 1260, 800],
  [120, 25, 12, 956, 620],
  [200, 18, 20, 930, 640],
  [1, 0, 0, 700, 400],
];

const lay = ([hosts, vms, racks, width, height]: Case, extras = true): MapLayout =>
  layoutMap(picture(hosts, vms, racks), { width, height, groupBy: 'rack', extras });

test.each(CASES)(
  '%i hosts of up to %i VMs in %i racks on %i × %i: every cell lies in its tile, tiles lie apart',
  (...c) => {
    for (const extras of [true, false]) {
      const layout = lay(c, extras);
      expect(layout.tiles.length).toBe(c[0]);
      for (const t of layout.tiles) {
        expect(t.x + t.w).toBeLessThanOrEqual(c[3]);
        expect(t.y + t.h).toBeLessThanOrEqual(layout.height);
        for (const cell of t.cells) {
          expect(cell.x).toBeGreaterThanOrEqual(t.x);
          expect(cell.x + cell.w).toBeLessThanOrEqual(t.x + t.w);
          expect(cell.y + cell.h).toBeLessThanOrEqual(t.y + t.h);
        }
      }
      for (const a of layout.tiles) {
        const over = layout.tiles.filter(
          (b) => b !== a && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
        );
        expect(over).toEqual([]);
      }
    }
  },
);

test('a point in a cell is that VM, a point on the name is the host, a point between tiles is nothing', () => {
  const layout = lay([40, 20, 4, 814, 560]);
  const tile = layout.tiles.find((t) => t.cells.length > 4);
  const cell = tile?.cells[3];
  expect(cell).toBeDefined();
  if (tile === undefined || cell === undefined) return;
  expect(hitMap(layout, cell.x + 1, cell.y + 1)?.cell?.vm.id).toBe(cell.vm.id);
  expect(hitMap(layout, tile.x + 10, tile.y + 6)).toEqual({ tile, cell: null });
  expect(hitMap(layout, tile.x + tile.w + 3, tile.y + tile.h + 3)).toBeNull();
});

test('arrow keys go to the tile beside, above and below, and stay at the edge', () => {
  const layout = lay([40, 20, 4, 814, 560]);
  const [first] = layout.tiles;
  if (first === undefined) throw new Error('no tiles');
  const right = neighbour(layout, first, 'ArrowRight');
  expect(right.row).toBe(0);
  expect(right.x).toBeGreaterThan(first.x);
  const below = neighbour(layout, right, 'ArrowDown');
  expect([below.row, below.x]).toEqual([1, right.x]);
  expect(neighbour(layout, below, 'ArrowUp')).toBe(right);
  expect(neighbour(layout, first, 'ArrowLeft')).toBe(first);
});

test('what all names share is cut back to its last separator', () => {
  expect(sharedPrefix(['compute-01', 'compute-02', 'compute-10'])).toBe('compute-');
  expect(sharedPrefix(['a.example.net', 'b.example.net'])).toBe('');
  expect(sharedPrefix(['only-one'])).toBe('');
});

test('two hundred hosts in twenty racks stand in view at once, racks side by side', () => {
  const layout = lay([200, 18, 20, 930, 640]);
  expect(layout.height).toBe(640);
  expect(new Set(layout.groups.map((g) => g.x)).size).toBeGreaterThan(1);
  expect(Math.min(...layout.tiles.map((t) => t.cells[0]?.w ?? 99))).toBeGreaterThanOrEqual(4);
});
