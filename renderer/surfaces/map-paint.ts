// Paints the cluster map: racks, host tiles, VM cells, moves in flight, pools and the legend.
import type { HostTile, Picture } from '../../domain/readout/picture-types.ts';
import type { Measure } from '../session/desk.ts';
import { clock, percent } from '../../domain/readout/words.ts';
import { paintCell } from './cell-paint.ts';
import { fillRect, fitText, hatch, setFont, strokeRect, write, type Rect } from './draw.ts';
import { drawGlyph, type GlyphName } from './glyphs.ts';
import { paintLegend, paintPools } from './map-extras-paint.ts';
import type { CellBox, MapLayout, TileBox } from './map-layout.ts';
import type { Palette } from './palette.ts';

export type MapView = {
  readonly measure: Measure;
  /** Entity addresses. */
  readonly selected: string | null;
  readonly focused: string | null;
  readonly faults: ReadonlySet<string>;
  /** Entities that differ from the other side of a comparison. */
  readonly changed: ReadonlySet<string>;
};

const NEARLY_FULL = 0.9;
const HOT = 0.62;

const hostGlyph = (h: HostTile): { glyph: GlyphName; tone: 'critical' | 'idle' | 'warn' } | null => {
  if (h.fenced) return { glyph: 'fenced', tone: 'critical' };
  if (h.forcedDown) return { glyph: 'forced', tone: 'critical' };
  if (h.up === false) return { glyph: 'down', tone: 'critical' };
  if (h.up === null) return { glyph: 'unknown', tone: 'warn' };
  if (h.enabled === false) return { glyph: 'disabled', tone: 'idle' };
  return null;
};

/** The word for a host that is not simply up; empty for one that is. */
export const hostWord = (h: HostTile): string => {
  if (h.fenced) return 'fenced';
  if (h.forcedDown) return 'forced down';
  if (h.up === false) return 'down';
  if (h.up === null) return 'not seen yet';
  return h.enabled === false ? 'disabled' : '';
};

const paintFoot = (ctx: CanvasRenderingContext2D, p: Palette, t: TileBox, view: MapView): void => {
  const h = t.host;
  const y = t.y + t.h - 20;
  const down = h.up === false || h.fenced || h.forcedDown;
  if (down) {
    fillRect(ctx, { x: t.x + 4, y: y - 3, w: t.w - 8, h: 19 }, 4, p.surface);
    setFont(ctx, p, 11, 600);
    const word = hostWord(h);
    const room = t.w - 16 - ctx.measureText(word).width - 6;
    write(ctx, p, word, t.x + 8, y + 10, { colour: p['critical-ink'], weight: 600 });
    if (h.downSince === null) return;
    const since = clock(h.downSince);
    // Fencing comes later than going down, so its tile says which of the two the time is.
    const ways =
      word === 'down' ? [`${since}Z`, since, since.slice(0, 5)] : [`down ${since}Z`, `down ${since.slice(0, 5)}`];
    setFont(ctx, p);
    const time = ways.find((w) => ctx.measureText(w).width <= room);
    if (time !== undefined) {
      write(ctx, p, time, t.x + t.w - 8, y + 10, { colour: p['critical-ink'], align: 'right' });
    }
    return;
  }
  const shown = h[view.measure];
  if (shown < 0) {
    setFont(ctx, p);
    const none = view.measure === 'cpu' ? 'not sampled' : 'unknown';
    write(ctx, p, ctx.measureText(none).width <= t.w - 12 ? none : '–', t.x + 8, y + 10, { colour: p['ink-3'] });
    return;
  }
  const barW = t.w - 16 - 40;
  const bar = (dy: number, share: number, colour: string): void => {
    fillRect(ctx, { x: t.x + 8, y: y + dy, w: barW, h: 4 }, 2, p.well);
    if (share > 0) fillRect(ctx, { x: t.x + 8, y: y + dy, w: Math.max(4, barW * Math.min(1, share)), h: 4 }, 2, colour);
  };
  if (barW >= 12) {
    if (h.cpu >= 0) bar(2, h.cpu, p.load[5] ?? p.idle);
    if (h.ram >= 0) bar(h.cpu >= 0 ? 8 : 5, h.ram, h.ram > NEARLY_FULL ? p.warn : p.idle);
  }
  const hot = shown > (view.measure === 'cpu' ? HOT : NEARLY_FULL);
  write(ctx, p, percent(shown), t.x + t.w - 8, y + 11, {
    colour: hot ? p.ink : p['ink-2'],
    weight: hot ? 650 : 400,
    align: 'right',
  });
};

/** The plain ground under a tile's name, where hatch or an arc would run through it. */
const paintPlate = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, t: TileBox): void =>
  fillRect(ctx, { x: t.x + 3, y: t.y + (layout.small ? 3 : 5), w: t.w - 6, h: layout.small ? 14 : 18 }, 4, p.surface);

/** The host's name and, where both fit, the glyph of its state. */
const paintName = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, t: TileBox): void => {
  const h = t.host;
  const down = h.up === false || h.fenced || h.forcedDown;
  const state = hostGlyph(h);
  const name = layout.dropped !== '' ? h.name.slice(layout.dropped.length) : h.name;
  const size = t.w > 110 ? 13 : 11;
  const base = t.y + (layout.small ? 14 : 18);
  setFont(ctx, p, size, 650);
  const colour = down ? p['critical-ink'] : h.up === null ? p['ink-3'] : p.ink;
  const x = t.x + (layout.small ? 4.5 : 6.5);
  const s = t.w > 110 ? 12 : 9;
  const beside = t.w - (x - t.x) - s - 7;
  // The name never drops: where both do not fit, hatch and edge tell the state without its glyph.
  const glyphFits = state !== null && ctx.measureText(name).width <= beside;
  write(ctx, p, fitText(ctx, name, glyphFits ? beside : t.w - (x - t.x) - 4), x, base, { colour, size, weight: 650 });
  if (state !== null && glyphFits) {
    drawGlyph(ctx, state.glyph, t.x + t.w - s - 5, base - 9, s, { ink: p[state.tone], surface: p.surface });
  }
};

const paintTile = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, t: TileBox, view: MapView): void => {
  const h = t.host;
  const down = h.up === false || h.fenced || h.forcedDown;
  const edge = { x: t.x + 0.5, y: t.y + 0.5, w: t.w - 1, h: t.h - 1 };
  fillRect(ctx, edge, 6, down ? p['critical-wash'] : p.surface);
  if (h.enabled === false) hatch(ctx, edge, 6, { colour: p.idle, alpha: 0.28, pitch: 9, width: 1.2 });
  if (down) hatch(ctx, edge, 6, { colour: p.critical, alpha: 0.32, pitch: 8.5, width: 1.6 });
  strokeRect(
    ctx,
    edge,
    6,
    down ? p.critical : h.up === null ? p.warn : p.line,
    h.fenced ? 1.6 : 1,
    h.up === null ? [3, 3] : [],
  );
  if (down) paintPlate(ctx, p, layout, t);
  paintName(ctx, p, layout, t);
  if (layout.bars) paintFoot(ctx, p, t, view);
  for (const cell of t.cells) paintVm(ctx, p, t, cell, view);
};

const paintVm = (ctx: CanvasRenderingContext2D, p: Palette, t: TileBox, cell: CellBox, view: MapView): void => {
  const share = view.measure === 'cpu' ? cell.vm.load : t.host[view.measure];
  paintCell(ctx, p, cell, { state: cell.vm.state, share, doubtful: cell.vm.doubtful });
  if (!t.named) return;
  const right = t.x + t.w - 8;
  const word =
    cell.vm.state === 'ACTIVE' && cell.vm.load >= 0 && view.measure === 'cpu' ? percent(cell.vm.load) : cell.vm.state;
  const base = cell.y + cell.h / 2 + 4;
  const w = write(ctx, p, word, right, base, { colour: p['ink-3'], align: 'right' });
  setFont(ctx, p, 12);
  const name = fitText(ctx, cell.vm.name, right - w - 8 - (cell.x + cell.w + 8));
  write(ctx, p, name, cell.x + cell.w + 8, base, { colour: p.ink, size: 12 });
};

const STEEP = 40; // px

type Point = readonly [number, number];
const middle = (r: Rect): Point => [r.x + r.w / 2, r.y + r.h / 2];

const paintArc = (ctx: CanvasRenderingContext2D, p: Palette, from: Point, to: Point): void => {
  const rise = Math.abs(to[0] - from[0]) * 0.1 + 14;
  const top = Math.max(6, Math.min(from[1], to[1]) - rise);
  // Straight above or below, an arc would be a line through everything: it bows to the left instead.
  const steep = Math.abs(to[0] - from[0]) < STEEP && Math.abs(to[1] - from[1]) > 2 * STEEP;
  const bow = steep ? STEEP : 0;
  const c1: Point = [from[0] + (to[0] - from[0]) * 0.2 - bow, top];
  const c2: Point = [from[0] + (to[0] - from[0]) * 0.8 - bow, top];
  const end: Point = [to[0], to[1] - 9];
  const curve = (): void => {
    ctx.beginPath();
    ctx.moveTo(from[0], from[1]);
    ctx.bezierCurveTo(c1[0], c1[1], c2[0], c2[1], end[0], end[1]);
  };
  ctx.setLineDash([]);
  curve();
  ctx.strokeStyle = p.surface;
  ctx.lineWidth = 4.5;
  ctx.stroke();
  curve();
  ctx.strokeStyle = p.motion;
  ctx.lineWidth = 2;
  ctx.stroke();
  const angle = Math.atan2(end[1] - c2[1], end[0] - c2[0]);
  ctx.save();
  ctx.translate(end[0], end[1]);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(4, 0);
  ctx.lineTo(-6, -4.6);
  ctx.lineTo(-6, 4.6);
  ctx.closePath();
  ctx.fillStyle = p.motion;
  ctx.fill();
  ctx.restore();
};

/** Arcs of the moves in flight; where a VM is going is a dotted place until it is there. */
const paintMoves = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, picture: Picture): void => {
  const tileOf = new Map(layout.tiles.map((t) => [t.host.name, t]));
  const taken = new Map<TileBox, number>();
  const sources = new Set<TileBox>();
  for (const move of picture.moves) {
    const source = move.source === null ? undefined : tileOf.get(move.source);
    const dest = move.dest === null ? undefined : tileOf.get(move.dest);
    if (source === undefined || dest === undefined || source === dest) continue;
    const here = (t: TileBox): CellBox | undefined => t.cells.find((c) => c.vm.id === move.vm);
    const free = (t: TileBox): Rect => {
      const n = taken.get(t) ?? 0;
      taken.set(t, n + 1);
      return t.arrivals[Math.min(n, t.arrivals.length - 1)] ?? t;
    };
    const from = here(source) ?? free(source);
    const to = here(dest) ?? free(dest);
    for (const end of [from, to]) {
      if (!('vm' in end))
        strokeRect(ctx, { x: end.x + 1, y: end.y + 1, w: end.w - 2, h: end.h - 2 }, 2, p['line-strong'], 0.9, [1, 2]);
    }
    // Where names stand beside the cells, an arc leaves from the tile's edge, so that it crosses none of them.
    const edge: Point = [dest.x > source.x ? source.x + source.w - 2 : source.x + 2, middle(from)[1]];
    paintArc(ctx, p, source.named ? edge : middle(from), middle(to));
    for (const tile of [source, dest]) {
      const cell = here(tile);
      if (cell !== undefined) paintCell(ctx, p, cell, { state: cell.vm.state, share: cell.vm.load, doubtful: false });
    }
    sources.add(source);
  }
  // The name of the host that is being left is the subject of the picture: arcs pass beneath it.
  for (const tile of sources) {
    paintPlate(ctx, p, layout, tile);
    paintName(ctx, p, layout, tile);
  }
};

const ringAround = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  r: Rect,
  by: number,
  width: number,
  dash: readonly number[] = [],
): void =>
  strokeRect(
    ctx,
    { x: r.x - by, y: r.y - by, w: r.w + 2 * by, h: r.h + 2 * by },
    Math.max(2, Math.min(3.5, r.w / 5) + by),
    p.accent,
    width,
    dash,
  );

/** Selection, focus, picked faults and differences, over everything else. */
const paintMarks = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, view: MapView): void => {
  for (const t of layout.tiles) {
    const address = `host:${t.host.name}`;
    if (view.changed.has(address))
      strokeRect(ctx, { x: t.x + 2, y: t.y + 2, w: t.w - 4, h: t.h - 4 }, 5, p.accent, 1.2, [3, 2]);
    if (view.faults.has(t.host.name)) {
      strokeRect(ctx, { x: t.x + 1, y: t.y + 1, w: t.w - 2, h: t.h - 2 }, 6, p.critical, 2);
      fillRect(ctx, { x: t.x + t.w - 22, y: t.y + 4, w: 18, h: 18 }, 4, p.critical);
      drawGlyph(ctx, 'fault', t.x + t.w - 18, t.y + 7, 11, { ink: p.surface, surface: p.critical });
    }
    if (view.selected === address) strokeRect(ctx, { x: t.x + 1, y: t.y + 1, w: t.w - 2, h: t.h - 2 }, 6, p.accent, 2);
    if (view.focused === address) ringAround(ctx, p, t, -4, 2); // inside: tiles at the edge keep their ring
    for (const c of t.cells) {
      const vm = `vm:${c.vm.id}`;
      if (view.changed.has(vm)) ringAround(ctx, p, c, 1.4, 1.2);
      if (view.selected === vm || view.focused === vm) ringAround(ctx, p, c, 2.5, 2);
    }
  }
};

/** A label in the accent beside the selected VM, so that it is found at a glance. */
const paintCallout = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  layout: MapLayout,
  width: number,
  view: MapView,
): void => {
  for (const t of layout.tiles) {
    const c = t.named ? undefined : t.cells.find((cell) => `vm:${cell.vm.id}` === view.selected);
    if (c === undefined) continue;
    setFont(ctx, p, 11, 600);
    const w = ctx.measureText(c.vm.name).width + 16;
    const x = Math.max(0, Math.min(width - w - 2, c.x - 24));
    fillRect(ctx, { x, y: c.y + c.h + 6, w, h: 19 }, 5, p.accent);
    write(ctx, p, c.vm.name, x + 8, c.y + c.h + 19.5, { colour: p['on-accent'], weight: 600 });
  }
};

export const paintMap = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  layout: MapLayout,
  picture: Picture,
  view: MapView,
  width: number,
): void => {
  for (const g of layout.groups) {
    if (g.w === 0 || g.label === '') continue;
    ctx.save();
    ctx.translate(g.x + (layout.small ? 10 : 15), g.y + g.h / 2);
    ctx.rotate(-Math.PI / 2);
    const full = g.sublabel === '' ? g.label : `${g.label} · ${g.sublabel}`;
    setFont(ctx, p, 11, 600);
    write(ctx, p, ctx.measureText(full).width <= g.h ? full : g.label, 0, 0, {
      colour: p['ink-2'],
      weight: 600,
      align: 'center',
    });
    ctx.restore();
  }
  for (const t of layout.tiles) paintTile(ctx, p, layout, t, view);
  paintPools(ctx, p, layout, picture);
  paintMoves(ctx, p, layout, picture);
  paintMarks(ctx, p, layout, view);
  paintCallout(ctx, p, layout, width, view);
  paintLegend(ctx, p, layout, width, view.measure);
};
