// Where every rack, host tile, VM cell and pool of the cluster map stands, in CSS px; pure, so that tests can ask.
import type { HostTile, Picture, VmCell } from '../../domain/readout/picture-types.ts';
import type { Rect } from './draw.ts';

export type CellBox = Rect & { readonly vm: VmCell };
export type TileBox = Rect & {
  readonly host: HostTile;
  /** Row and column among tiles, for the arrow keys. */
  readonly row: number;
  readonly column: number;
  readonly cells: readonly CellBox[];
  /** Where VMs on their way here will stand, the next one first. */
  readonly arrivals: readonly Rect[];
  /** True where VM names are written beside the cells. */
  readonly named: boolean;
};
export type GroupBox = Rect & { readonly label: string; readonly sublabel: string };
export type MapLayout = {
  readonly tiles: readonly TileBox[];
  readonly groups: readonly GroupBox[];
  readonly pools: readonly Rect[];
  /** Baseline of the legend, null where there is no room. */
  readonly legendY: number | null;
  readonly small: boolean;
  /** Bars and shares at the foot of a tile. */
  readonly bars: boolean;
  /** What all names share (`compute-`), dropped from tiles too narrow for it. */
  readonly dropped: string;
  /** The height everything needs; more than the box when there are very many hosts. */
  readonly height: number;
};

export type MapOptions = {
  readonly width: number;
  readonly height: number;
  readonly groupBy: 'rack' | 'az';
  readonly extras: boolean;
};

/** Measures in px. A map beside another picture is `small`: every tile still shows every VM, with less air. */
type Measures = {
  readonly label: number;
  readonly gap: number;
  readonly head: number;
  readonly pad: number;
  readonly tileMinW: number;
  readonly tileMinH: number;
};
const FULL: Measures = { label: 34, gap: 6, head: 27, pad: 8, tileMinW: 44, tileMinH: 42 };
const SMALL: Measures = { label: 20, gap: 4, head: 18, pad: 3, tileMinW: 30, tileMinH: 40 };

const AZ_GAP = 10;
const LEGEND_H = 30;
const POOLS_H = 62;
const CELL_MAX = 18;
const CELL_MIN = 4;
const TILE_MAX_W = 400;
const TILE_MAX_H = 260;
const NAMED_FROM_W = 190;
const NAMED_ROW_H = 22;
const BARS_FROM_H = 84;
const BARS_H = 26;
const WIDE_NAME = 82;

/** From one cell to the next: large cells stand further apart. */
const pitchOf = (side: number): number => side + (side > 13 ? 4 : side > 7 ? 2.6 : 1.6);

type Group = { readonly label: string; readonly az: string; readonly hosts: readonly HostTile[] };

const grouped = (hosts: readonly HostTile[], by: MapOptions['groupBy']): readonly Group[] => {
  const groups = new Map<string, HostTile[]>();
  for (const host of hosts) {
    const key = (by === 'rack' ? host.rack : host.az) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  return [...groups]
    .map(([label, members]) => ({ label, az: members[0]?.az ?? '', hosts: members }))
    .sort((a, b) => a.az.localeCompare(b.az) || a.label.localeCompare(b.label, 'en', { numeric: true }));
};

/** The longest start all names share, cut back to its last separator; empty for fewer than two names. */
export const sharedPrefix = (names: readonly string[]): string => {
  const [first] = names;
  if (first === undefined || names.length < 2) return '';
  let n = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, n))) n -= 1;
  const cut = Math.max(first.lastIndexOf('-', n - 1), first.lastIndexOf('.', n - 1));
  return first.slice(0, cut + 1);
};

type Fit = {
  readonly columns: number;
  readonly rows: number;
  readonly tileW: number;
  readonly tileH: number;
  readonly cell: number;
};

/** Height at the foot of a tile that cells may not use. */
const footOf = (tileH: number, m: Measures): number => (m === FULL && tileH >= BARS_FROM_H ? BARS_H : 3);

/** The largest cell of which `most` fit into w × h, and by how many px the smallest one overflows. */
const cellSide = (w: number, h: number, most: number): { readonly side: number; readonly over: number } => {
  for (let side = CELL_MAX; side >= CELL_MIN; side--) {
    const pitch = pitchOf(side);
    const air = pitch - side;
    const perRow = Math.floor((w + air) / pitch);
    if (perRow * Math.floor((h + air) / pitch) >= most) return { side, over: 0 };
    if (side === CELL_MIN) return { side, over: Math.ceil(most / Math.max(1, perRow)) * pitch - h };
  }
  return { side: CELL_MIN, over: 0 };
};

/** Tries every number of columns; the best shows the largest cells, and among equals keeps a group in one row. */
const bestFit = (groups: readonly Group[], width: number, height: number, m: Measures): Fit => {
  const longest = Math.max(1, ...groups.map((g) => g.hosts.length));
  const most = Math.max(1, ...groups.flatMap((g) => g.hosts.map((h) => h.vms.length + 1)));
  const zones = groups.filter((g, i) => i > 0 && groups[i - 1]?.az !== g.az).length;
  let best: Fit | null = null;
  let bestScore = -Infinity;
  for (let columns = 1; columns <= longest; columns++) {
    const rows = groups.reduce((n, g) => n + Math.ceil(g.hosts.length / columns), 0);
    const tileW = Math.min(TILE_MAX_W, Math.floor((width - m.gap * (columns - 1)) / columns));
    const gaps = m.gap * (rows - 1) + AZ_GAP * zones;
    const tileH = Math.max(m.tileMinH, Math.min(TILE_MAX_H, Math.floor((height - gaps) / Math.max(1, rows))));
    if (tileW < m.tileMinW && columns > 1) continue;
    const cell = cellSide(tileW - 2 * m.pad, tileH - m.head - footOf(tileH, m), most);
    const tooTall = Math.max(0, rows * tileH + gaps - height);
    const score =
      cell.side - cell.over - tooTall - Math.abs(tileW / tileH - 1.1) * 2 + (rows === groups.length ? 3 : 0);
    if (score > bestScore) {
      bestScore = score;
      best = { columns, rows, tileW, tileH: tileH + Math.max(0, Math.ceil(cell.over)), cell: cell.side };
    }
  }
  return best ?? { columns: 1, rows: 1, tileW: m.tileMinW, tileH: m.tileMinH, cell: CELL_MIN };
};

type Contents = Pick<TileBox, 'cells' | 'arrivals' | 'named'>;

const ARRIVALS = 12; // more at once into one host is a storm of which the first dozen tell enough

const placeCells = (host: HostTile, tile: Rect, fit: Fit, m: Measures): Contents => {
  const foot = footOf(fit.tileH, m);
  const rowsThatFit = Math.floor((tile.h - m.head - foot) / NAMED_ROW_H);
  const named = tile.w >= NAMED_FROM_W && host.vms.length < rowsThatFit;
  const side = named ? 16 : fit.cell;
  const pitch = named ? NAMED_ROW_H : pitchOf(side);
  const perRow = named ? 1 : Math.max(1, Math.floor((tile.w - 2 * m.pad + pitch - side) / pitch));
  const at = (i: number): Rect => ({
    x: tile.x + (named ? FULL.pad : m.pad + (i % perRow) * pitch),
    y: tile.y + m.head + Math.floor(i / perRow) * pitch,
    w: side,
    h: side,
  });
  return {
    named,
    arrivals: Array.from({ length: ARRIVALS }, (_, i) => at(host.vms.length + i)),
    cells: host.vms.map((vm, i) => ({ ...at(i), vm })),
  };
};

/** Lays the picture out. Racks are rows; a rack too long for the width wraps; the whole may be taller than the box. */
export const layoutMap = (picture: Picture, options: MapOptions): MapLayout => {
  const groups = grouped(picture.hosts, options.groupBy);
  const m = options.extras ? FULL : SMALL;
  const labelled = groups.some((g) => g.label !== '');
  const left = labelled ? m.label : 0;
  const poolsH = options.extras && picture.pools.length > 0 && options.width >= 560 ? POOLS_H : 0;
  const legendH = options.extras ? LEGEND_H : 0;
  const fit = bestFit(groups, options.width - left, options.height - poolsH - legendH, m);
  const bars = m === FULL && fit.tileH >= BARS_FROM_H;
  const tiles: TileBox[] = [];
  const boxes: GroupBox[] = [];
  const prefix = fit.tileW < WIDE_NAME ? sharedPrefix(picture.hosts.map((h) => h.name)) : '';
  let y = 0;
  let row = 0;
  groups.forEach((group, g) => {
    if (g > 0 && groups[g - 1]?.az !== group.az) y += AZ_GAP;
    const top = y;
    group.hosts.forEach((host, i) => {
      if (i > 0 && i % fit.columns === 0) {
        y += fit.tileH + m.gap;
        row += 1;
      }
      const rect = { x: left + (i % fit.columns) * (fit.tileW + m.gap), y, w: fit.tileW, h: fit.tileH };
      tiles.push({ ...rect, host, row, column: i % fit.columns, ...placeCells(host, rect, fit, m) });
    });
    const rack = options.groupBy === 'rack' && group.label !== '';
    boxes.push({
      x: 0,
      y: top,
      w: left,
      h: y + fit.tileH - top,
      label: rack && prefix === '' ? `Rack ${group.label}` : group.label,
      sublabel: prefix !== '' ? prefix : rack ? group.az : '',
    });
    y += fit.tileH + m.gap;
    row += 1;
  });
  const bottom = y;
  const poolCount = Math.min(4, picture.pools.length);
  const poolW = Math.min(420, Math.floor((options.width - left - m.gap * (poolCount - 1)) / Math.max(1, poolCount)));
  const pools =
    poolsH === 0
      ? []
      : picture.pools
          .slice(0, poolCount)
          .map((_, i) => ({ x: left + i * (poolW + m.gap), y: bottom + 8, w: poolW, h: 48 }));
  const height = Math.max(options.height, bottom + poolsH + legendH);
  return {
    tiles,
    groups: boxes,
    pools,
    small: m === SMALL,
    legendY: options.extras ? Math.min(height, bottom + poolsH + legendH) - 8 : null,
    bars,
    dropped: prefix,
    height,
  };
};

export type Hit = { readonly tile: TileBox; readonly cell: CellBox | null };

const NEAR = 12; // px within which the nearest small mark is meant

/** What a point is on: the tile, and within it the nearest cell no farther than NEAR. */
export const hitMap = (layout: MapLayout, x: number, y: number): Hit | null => {
  const tile = layout.tiles.find((t) => x >= t.x && x <= t.x + t.w && y >= t.y && y <= t.y + t.h);
  if (tile === undefined) return null;
  if (y < (tile.cells[0]?.y ?? Infinity) - 4) return { tile, cell: null };
  let nearest: CellBox | null = null;
  let best = NEAR;
  for (const cell of tile.cells) {
    const inName = tile.named && y >= cell.y && y < cell.y + NAMED_ROW_H;
    const d = inName
      ? 0
      : Math.max(0, Math.max(cell.x - x, x - cell.x - cell.w), Math.max(cell.y - y, y - cell.y - cell.h));
    if (d < best) {
      best = d;
      nearest = cell;
    }
  }
  return { tile, cell: nearest };
};

/** The tile an arrow key leads to, or the same one at the edge. */
export const neighbour = (layout: MapLayout, from: TileBox, key: string): TileBox => {
  const inRow = (row: number): readonly TileBox[] => layout.tiles.filter((t) => t.row === row);
  const closest = (row: readonly TileBox[]): TileBox =>
    row.reduce((a, b) => (Math.abs(b.x - from.x) < Math.abs(a.x - from.x) ? b : a), row[0] ?? from);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const step = key === 'ArrowLeft' ? -1 : 1;
      return inRow(from.row).find((t) => t.column === from.column + step) ?? from;
    }
    case 'ArrowUp':
      return closest(inRow(from.row - 1));
    case 'ArrowDown':
      return closest(inRow(from.row + 1));
    default:
      return from;
  }
};
