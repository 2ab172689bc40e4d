// Paints a ring of VTEPs and its tunnels: everybody's faint, the lit network's in accent, the packet's on top.
import type { Palette } from './palette.ts';
import { drawGlyph } from './glyphs.ts';
import type { Ring, RingPoint } from './tunnel-layout.ts';
import { setFont, write } from './draw.ts';

type Pair = readonly [number, number];

export type RingView = {
  readonly pairs: readonly Pair[];
  /** Hosts of the lit network; empty where nothing is lit. */
  readonly lit: ReadonlySet<number>;
  readonly selected: number | null;
  readonly focused: number | null;
  /** Tunnels the packet took, by host; `lost` never arrived. */
  readonly hops: readonly {
    readonly from: number;
    readonly to: number;
    readonly lost: boolean;
    readonly now: boolean;
  }[];
};

/** So few hosts are all named. */
const NAMED_MOST = 12;
const NAME = { size: 11, weight: 650, gap: 10 } as const;
const BEND = 0.35; // how far a chord keeps its middle from the centre
const FAINT = { few: 0.34, many: 0.11, pairs: 400 } as const;

const chord = (ctx: CanvasRenderingContext2D, ring: Ring, a: RingPoint, b: RingPoint): void => {
  const [mx, my] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  ctx.moveTo(a.x, a.y);
  ctx.quadraticCurveTo(ring.x + (mx - ring.x) * BEND, ring.y + (my - ring.y) * BEND, b.x, b.y);
};

const strokeAll = (
  ctx: CanvasRenderingContext2D,
  ring: Ring,
  pairs: readonly Pair[],
  style: { readonly colour: string; readonly width: number; readonly alpha: number; readonly dash?: readonly number[] },
): void => {
  ctx.save();
  ctx.globalAlpha = style.alpha;
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = style.width;
  ctx.setLineDash([...(style.dash ?? [])]);
  for (const [i, j] of pairs) {
    const [a, b] = [ring.points[i], ring.points[j]];
    if (a === undefined || b === undefined) continue;
    // One path a line: overlaps add up, so that dense places look dense.
    ctx.beginPath();
    chord(ctx, ring, a, b);
    ctx.stroke();
  }
  ctx.restore();
};

const dot = (ctx: CanvasRenderingContext2D, palette: Palette, p: RingPoint, lit: boolean): void => {
  if (p.host.state !== 'up') {
    const glyph = p.host.state === 'fenced' ? 'fenced' : 'down';
    drawGlyph(ctx, glyph, p.x - 6, p.y - 6, 12, { ink: palette.critical, surface: palette.surface });
    return;
  }
  ctx.beginPath();
  ctx.arc(p.x, p.y, lit ? 4.6 : 3.4, 0, Math.PI * 2);
  ctx.fillStyle = lit ? palette.accent : palette.surface;
  ctx.strokeStyle = lit ? palette.accent : palette.idle;
  ctx.lineWidth = 1.3;
  ctx.fill();
  ctx.stroke();
};

/** The name beside its point, outwards; inwards where it would leave the canvas. */
const name = (ctx: CanvasRenderingContext2D, palette: Palette, p: RingPoint, width: number, colour: string): void => {
  setFont(ctx, palette, NAME.size, NAME.weight);
  const room = ctx.measureText(p.host.name).width + NAME.gap;
  const right = Math.cos(p.angle) >= 0 ? p.x + room < width : p.x - room < 0;
  const [x, y] = [p.x + (right ? NAME.gap : -NAME.gap), p.y + 4];
  ctx.save();
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4;
  ctx.strokeStyle = palette.surface;
  ctx.textAlign = right ? 'left' : 'right';
  ctx.textBaseline = 'alphabetic';
  ctx.strokeText(p.host.name, x, y);
  ctx.restore();
  write(ctx, palette, p.host.name, x, y, { colour, ...NAME, align: right ? 'left' : 'right' });
};

const nameColour = (palette: Palette, p: RingPoint, chosen: boolean): string =>
  p.host.state !== 'up' ? palette['critical-ink'] : chosen ? palette['accent-ink'] : palette['ink-2'];

export const paintRing = (
  ctx: CanvasRenderingContext2D,
  palette: Palette,
  ring: Ring,
  view: RingView,
  width: number,
): void => {
  const { lit, selected } = view;
  const faint = view.pairs.length > FAINT.pairs ? FAINT.many : FAINT.few;
  strokeAll(ctx, ring, view.pairs, { colour: palette['ink-3'], width: 0.8, alpha: faint });
  const inside = [...lit];
  const litPairs = inside.flatMap((a, k) => inside.slice(k + 1).map((b): Pair => [a, b]));
  const alpha = Math.max(0.1, Math.min(0.75, 60 / Math.max(1, litPairs.length)));
  if (litPairs.length <= ring.points.length ** 2)
    strokeAll(ctx, ring, litPairs, { colour: palette.accent, width: 1, alpha });
  if (selected !== null && lit.has(selected)) {
    const own = inside.filter((i) => i !== selected).map((i): Pair => [selected, i]);
    strokeAll(ctx, ring, own, { colour: palette.accent, width: 1.1, alpha: 0.7 });
  }
  for (const hop of view.hops) {
    const pair: Pair = [hop.from, hop.to];
    const wide = view.hops.length === 1 || hop.now;
    if (wide) strokeAll(ctx, ring, [pair], { colour: palette.surface, width: 6, alpha: 1 });
    strokeAll(ctx, ring, [pair], {
      colour: hop.lost ? palette.critical : palette.accent,
      width: wide ? 2.8 : 1.4,
      alpha: 1,
      ...(hop.lost ? { dash: [5, 4] } : {}),
    });
  }
  for (const [i, p] of ring.points.entries()) dot(ctx, palette, p, lit.has(i));
  for (const rack of ring.racks)
    write(ctx, palette, rack.name, rack.x, rack.y + 4, { colour: palette['ink-2'], weight: 600, align: 'center' });
  if (view.focused !== null) {
    const p = ring.points[view.focused];
    if (p !== undefined) {
      ctx.beginPath();
      ctx.arc(p.x, p.y, 9, 0, Math.PI * 2);
      ctx.strokeStyle = palette.accent;
      ctx.lineWidth = 2;
      ctx.stroke();
    }
  }
  const ends = view.hops.length > 0 && view.hops.length < 3 ? view.hops.flatMap((h) => [h.from, h.to]) : [];
  const chosen = [view.selected, view.focused].filter((i) => i !== null);
  const few = ring.points.length <= NAMED_MOST;
  const named = new Set(few ? ring.points.keys() : [...ends, ...chosen]);
  for (const i of named) {
    const p = ring.points[i];
    if (p !== undefined) name(ctx, palette, p, width, nameColour(palette, p, chosen.includes(i) || ends.includes(i)));
  }
};
