// Where every rack, host tile, VM cell and pool of the cluster map stands, in CSS px; pure, so that tests can ask.
import type { HostTile, Picture, VmCell } from '../../domain/readout/picture-types.ts';
import type { Rect } from './draw.ts';

export type CellBox = Rect & { readonly vm: VmCell };
export type TileBox = Rect & {
  readonly host: HostTile;
  /** Row among all tiles, for the arrow keys. */
  readonly row: number;
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

/** Racks that stand side by side: one row of the map. All of one zone. */
type Band = { readonly groups: readonly Group[]; readonly startsZone: boolean };

/** At most `abreast` racks in a band; a new zone starts a new band. */
const bandsOf = (groups: readonly Group[], abreast: number): readonly Band[] => {
  const bands: Band[] = [];
  for (const group of groups) {
    const last = bands.at(-1);
    const sameZone = last?.groups[0]?.az === group.az;
    if (last !== undefined && sameZone && last.groups.length < abreast) {
      bands[bands.length - 1] = { ...last, groups: [...last.groups, group] };
    } else bands.push({ groups: [group], startsZone: last !== undefined && !sameZone });
  }
  return bands;
};

const MOST_ABREAST = 3;
const BAND_GAP = 10;

type Fit = {
  readonly bands: readonly Band[];
  /** Width of one rack with its label. */
  readonly bandW: number;
  readonly columns: number;
  readonly tileW: number;
  readonly tileH: number;
  readonly cell: number;
  /** What all of it takes; more than the box where even the smallest tiles do not fit. */
  readonly height: number;
};

const rowsOf = (band: Band, columns: number): number =>
  Math.max(...band.groups.map((g) => Math.ceil(g.hosts.length / columns)));

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

/** One way to arrange the racks, and how good it is: large cells, everything in view, tiles nearly square, a rack a row. */
const tryFit = (
  groups: readonly Group[],
  box: Box,
  m: Measures,
  abreast: number,
  columns: number,
): [Fit, number] | null => {
  const bands = bandsOf(groups, abreast);
  const bandW = Math.floor((box.width - BAND_GAP * (abreast - 1)) / abreast);
  const tileW = Math.min(TILE_MAX_W, Math.floor((bandW - box.left - m.gap * (columns - 1)) / columns));
  if (tileW < m.tileMinW && (columns > 1 || abreast > 1)) return null;
  const rows = bands.reduce((n, band) => n + rowsOf(band, columns), 0);
  const gaps = m.gap * (rows - 1) + AZ_GAP * bands.filter((b) => b.startsZone).length;
  const tileH = Math.max(m.tileMinH, Math.min(TILE_MAX_H, Math.floor((box.height - gaps) / Math.max(1, rows))));
  const most = Math.max(1, ...groups.flatMap((g) => g.hosts.map((h) => h.vms.length + 1)));
  const cell = cellSide(tileW - 2 * m.pad, tileH - m.head - footOf(tileH, m), most);
  const tooTall = Math.max(0, rows * tileH + gaps - box.height);
  const rackARow = rows === bands.length ? 3 : 0;
  const score = cell.side - cell.over - tooTall - Math.abs(tileW / tileH - 1.1) * 2 + rackARow - (abreast - 1);
  const grown = tileH + Math.max(0, Math.ceil(cell.over));
  return [{ bands, bandW, columns, tileW, tileH: grown, cell: cell.side, height: rows * grown + gaps }, score];
};

type Box = { readonly width: number; readonly height: number; /** Width of a rack's label. */ readonly left: number };

/** Tries every number of racks abreast and of columns in a rack, and takes the best. */
const bestFit = (groups: readonly Group[], box: Box, m: Measures): Fit => {
  const longest = Math.max(1, ...groups.map((g) => g.hosts.length));
  let best: readonly [Fit, number] | null = null;
  for (let abreast = 1; abreast <= Math.min(MOST_ABREAST, Math.max(1, groups.length)); abreast++) {
    for (let columns = 1; columns <= longest; columns++) {
      const tried = tryFit(groups, box, m, abreast, columns);
      if (tried !== null && (best === null || tried[1] > best[1])) best = tried;
    }
  }
  if (best !== null) return best[0];
  const bands = bandsOf(groups, 1);
  return { bands, bandW: box.width, columns: 1, tileW: m.tileMinW, tileH: m.tileMinH, cell: CELL_MIN, height: 0 };
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
  const labelled = groups.some((g) => g.label !== '');
  const poolsH = options.extras && picture.pools.length > 0 && options.width >= 560 ? POOLS_H : 0;
  const legendH = options.extras ? LEGEND_H : 0;
  const box = (m: Measures): Box => ({
    width: options.width,
    height: options.height - poolsH - legendH,
    left: labelled ? m.label : 0,
  });
  const roomy = options.extras ? bestFit(groups, box(FULL), FULL) : null;
  // Seeing every host at once is worth more than air: very many tiles are drawn small.
  const fit = roomy !== null && roomy.height <= box(FULL).height ? roomy : bestFit(groups, box(SMALL), SMALL);
  const m = fit === roomy ? FULL : SMALL;
  const { left } = box(m);
  const bars = m === FULL && fit.tileH >= BARS_FROM_H;
  const tiles: TileBox[] = [];
  const boxes: GroupBox[] = [];
  const prefix = fit.tileW < WIDE_NAME ? sharedPrefix(picture.hosts.map((h) => h.name)) : '';
  let y = 0;
  let row = 0;
  for (const band of fit.bands) {
    if (band.startsZone) y += AZ_GAP;
    band.groups.forEach((group, g) => {
      const x = g * (fit.bandW + BAND_GAP);
      group.hosts.forEach((host, i) => {
        const column = i % fit.columns;
        const down = Math.floor(i / fit.columns);
        const rect = {
          x: x + left + column * (fit.tileW + m.gap),
          y: y + down * (fit.tileH + m.gap),
          w: fit.tileW,
          h: fit.tileH,
        };
        tiles.push({ ...rect, host, row: row + down, ...placeCells(host, rect, fit, m) });
      });
      const rack = options.groupBy === 'rack' && group.label !== '';
      const rows = Math.ceil(group.hosts.length / fit.columns);
      boxes.push({
        x,
        y,
        w: left,
        h: rows * (fit.tileH + m.gap) - m.gap,
        label: rack && prefix === '' ? `Rack ${group.label}` : group.label,
        sublabel: prefix !== '' ? prefix : rack ? group.az : '',
      });
    });
    y += rowsOf(band, fit.columns) * (fit.tileH + m.gap);
    row += rowsOf(band, fit.columns);
  }
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
      const row = inRow(from.row).toSorted((a, b) => a.x - b.x);
      return row[row.indexOf(from) + (key === 'ArrowLeft' ? -1 : 1)] ?? from;
    }
    case 'ArrowUp':
      return closest(inRow(from.row - 1));
    case 'ArrowDown':
      return closest(inRow(from.row + 1));
    default:
      return from;
  }
};
