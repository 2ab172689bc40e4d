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
  /** Where a VM on its way here will stand. */
  readonly arrival: Rect;
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

const LABEL_W = 34;
const GAP = 6;
const AZ_GAP = 10;
const HEAD_H = 27;
const PAD = 8;
const LEGEND_H = 30;
const POOLS_H = 62;
const CELL_MAX = 18;
const CELL_MIN = 5;
const TILE_MAX_W = 400;
const TILE_MAX_H = 260;
const TILE_MIN_W = 44;
const TILE_MIN_H = 52;
const NAMED_FROM_W = 190;
const NAMED_ROW_H = 22;
const BARS_FROM_H = 84;
const BARS_H = 26;
const WIDE_NAME = 82;

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

const cellSide = (w: number, h: number, most: number): number => {
  for (let side = CELL_MAX; side > CELL_MIN; side--) {
    const pitch = side + (side > 13 ? 4 : 2.6);
    if (Math.floor((w + 2.6) / pitch) * Math.floor((h + 2.6) / pitch) >= most) return side;
  }
  return CELL_MIN;
};

/** Tries every number of columns; the best shows the largest cells, and among equals keeps a group in one row. */
const bestFit = (groups: readonly Group[], width: number, height: number): Fit => {
  const longest = Math.max(1, ...groups.map((g) => g.hosts.length));
  const most = Math.max(1, ...groups.flatMap((g) => g.hosts.map((h) => h.vms.length + 1)));
  let best: Fit | null = null;
  let bestScore = -Infinity;
  for (let columns = 1; columns <= longest; columns++) {
    const rows = groups.reduce((n, g) => n + Math.ceil(g.hosts.length / columns), 0);
    const tileW = Math.min(TILE_MAX_W, Math.floor((width - GAP * (columns - 1)) / columns));
    const gaps = GAP * (rows - 1) + AZ_GAP;
    const tileH = Math.max(TILE_MIN_H, Math.min(TILE_MAX_H, Math.floor((height - gaps) / Math.max(1, rows))));
    if (tileW < TILE_MIN_W && columns > 1) continue;
    const cell = cellSide(tileW - 2 * PAD, tileH - HEAD_H - (tileH >= BARS_FROM_H ? BARS_H : 4), most);
    const fits = rows * tileH + gaps <= height ? 0 : -100;
    const score = fits + cell - Math.abs(tileW / tileH - 1.1) * 2 + (rows === groups.length ? 3 : 0);
    if (score > bestScore) {
      bestScore = score;
      best = { columns, rows, tileW, tileH, cell };
    }
  }
  return best ?? { columns: 1, rows: 1, tileW: TILE_MIN_W, tileH: TILE_MIN_H, cell: CELL_MIN };
};

const placeCells = (
  host: HostTile,
  tile: Rect,
  fit: Fit,
  foot: number,
): Pick<TileBox, 'cells' | 'arrival' | 'named'> => {
  const rowsThatFit = Math.floor((tile.h - HEAD_H - foot) / NAMED_ROW_H);
  const named = tile.w >= NAMED_FROM_W && host.vms.length < rowsThatFit;
  const side = named ? 16 : fit.cell;
  const pitch = named ? NAMED_ROW_H : side + (side > 13 ? 4 : 2.6);
  const perRow = named ? 1 : Math.max(1, Math.floor((tile.w - 2 * PAD + 2.6) / pitch));
  const at = (i: number): Rect => ({
    x: tile.x + PAD + (named ? 0 : (i % perRow) * pitch),
    y: tile.y + HEAD_H + Math.floor(i / perRow) * pitch,
    w: side,
    h: side,
  });
  return { named, arrival: at(host.vms.length), cells: host.vms.map((vm, i) => ({ ...at(i), vm })) };
};

/** Lays the picture out. Racks are rows; a rack too long for the width wraps; the whole may be taller than the box. */
export const layoutMap = (picture: Picture, options: MapOptions): MapLayout => {
  const groups = grouped(picture.hosts, options.groupBy);
  const labelled = groups.some((g) => g.label !== '');
  const left = labelled ? LABEL_W : 0;
  const poolsH = options.extras && picture.pools.length > 0 && options.width >= 560 ? POOLS_H : 0;
  const legendH = options.extras ? LEGEND_H : 0;
  const fit = bestFit(groups, options.width - left, options.height - poolsH - legendH);
  const bars = fit.tileH >= BARS_FROM_H;
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
        y += fit.tileH + GAP;
        row += 1;
      }
      const rect = { x: left + (i % fit.columns) * (fit.tileW + GAP), y, w: fit.tileW, h: fit.tileH };
      tiles.push({ ...rect, host, row, column: i % fit.columns, ...placeCells(host, rect, fit, bars ? BARS_H : 4) });
    });
    const sublabel = options.groupBy === 'rack' && group.label !== '' ? group.az : '';
    const label =
      prefix !== ''
        ? `${group.label} · ${prefix}`
        : options.groupBy === 'rack' && group.label !== ''
          ? `Rack ${group.label}`
          : group.label;
    boxes.push({ x: 0, y: top, w: left, h: y + fit.tileH - top, label, sublabel: prefix === '' ? sublabel : '' });
    y += fit.tileH + GAP;
    row += 1;
  });
  const bottom = y;
  const poolCount = Math.min(4, picture.pools.length);
  const poolW = Math.min(420, Math.floor((options.width - left - GAP * (poolCount - 1)) / Math.max(1, poolCount)));
  const pools =
    poolsH === 0
      ? []
      : picture.pools
          .slice(0, poolCount)
          .map((_, i) => ({ x: left + i * (poolW + GAP), y: bottom + 8, w: poolW, h: 48 }));
  const height = Math.max(options.height, bottom + poolsH + legendH);
  return {
    tiles,
    groups: boxes,
    pools,
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
  if (y < tile.y + HEAD_H - 4) return { tile, cell: null };
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
