// Paints the timeline: overview strip, axis, density bars, lanes with their marks, and the cursor.
import type { Density, Mark } from '../../domain/readout/picture-types.ts';
import type { Range } from '../session/desk.ts';
import { markWords } from '../session/mark-words.ts';
import { clock, duration } from '../../domain/readout/words.ts';
import { fillRect, fitText, line, setFont, strokeRect, write } from './draw.ts';
import { drawGlyph, type GlyphName } from './glyphs.ts';
import type { Palette, TokenName } from './palette.ts';
import { ticks } from './time-scale.ts';
import type { Lane, TimelineLayout } from './timeline-layout.ts';

export const MARK_LOOK: Readonly<Record<Mark['kind'], { glyph: GlyphName; tone: TokenName }>> = {
  'host-down': { glyph: 'down', tone: 'critical' },
  fenced: { glyph: 'fenced', tone: 'critical' },
  'host-up': { glyph: 'up', tone: 'idle' },
  drain: { glyph: 'disabled', tone: 'idle' },
  migration: { glyph: 'arrow', tone: 'motion' },
  evacuation: { glyph: 'rebuild', tone: 'motion' },
  error: { glyph: 'error', tone: 'critical' },
  anomaly: { glyph: 'diamond', tone: 'critical' },
  fault: { glyph: 'fault', tone: 'critical' },
  note: { glyph: 'dot', tone: 'idle' },
};

export type TimelineView = {
  readonly cursor: number;
  readonly range: Range;
  readonly current: string;
  readonly density: Density | null;
  readonly overview: Density | null;
  readonly focused: boolean;
  readonly hoverX: number | null;
};

const totals = (d: Density): readonly number[] => d.plain.map((n, i) => n + (d.motion[i] ?? 0) + (d.critical[i] ?? 0));

const paintOverview = (ctx: CanvasRenderingContext2D, p: Palette, l: TimelineLayout, v: TimelineView): void => {
  const { y, h, scale } = l.overview;
  fillRect(ctx, { x: l.left, y, w: l.width, h }, 2, p.well);
  if (v.overview !== null) {
    const sums = totals(v.overview);
    const most = Math.max(1, ...sums);
    const w = l.width / Math.max(1, sums.length);
    ctx.globalAlpha = 0.5;
    sums.forEach((n, i) => {
      if (n === 0) return;
      const tall = 1.5 + Math.sqrt(n / most) * (h - 1.5);
      fillRect(ctx, { x: l.left + i * w, y: y + h - tall, w: Math.max(1, w - 1), h: tall }, 0, p['ink-3']);
    });
    ctx.globalAlpha = 1;
  }
  const x0 = Math.max(l.left, scale.x(v.range.from));
  const x1 = Math.min(l.left + l.width, scale.x(v.range.to));
  const w = Math.max(8, x1 - x0);
  const x = Math.min(x0 - (w - (x1 - x0)) / 2, l.left + l.width - w);
  ctx.globalAlpha = 0.18;
  fillRect(ctx, { x, y: y - 2, w, h: h + 4 }, 2, p.accent);
  ctx.globalAlpha = 1;
  strokeRect(ctx, { x, y: y - 2, w, h: h + 4 }, 2, p.accent, 1.5);
  const span = l.overview.whole.to - l.overview.whole.from;
  write(ctx, p, spanWord(span), l.left - 8, y + h, { colour: p['ink-3'], align: 'right' });
};

const HOUR = 3_600_000;
const spanWord = (ms: number): string => {
  const days = ms / (24 * HOUR);
  if (days >= 730) return `${Math.round(days / 365)} years`;
  if (days >= 2) return `${Math.round(days)} days`;
  return ms >= 6 * HOUR ? `${Math.round(ms / HOUR)} hours` : duration(Math.max(60_000, ms));
};

const paintBars = (ctx: CanvasRenderingContext2D, p: Palette, l: TimelineLayout, v: TimelineView): void => {
  const d = v.density;
  const { y, h } = l.bars;
  write(ctx, p, 'Events', l.left - 8, y + h - 2, { colour: p['ink-3'], align: 'right' });
  if (d === null) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(l.left, y - 4, l.width, h + 4);
  ctx.clip();
  const sums = totals(d);
  const most = Math.max(1, ...sums);
  const step = (d.to - d.from) / Math.max(1, sums.length);
  sums.forEach((sum, i) => {
    if (sum === 0) return;
    const at = d.from + i * step;
    const x = l.scale.x(at);
    const w = Math.max(1.2, l.scale.x(at + step) - x - 1.4);
    ctx.globalAlpha = at > v.cursor ? 0.45 : 1; // the future of the record is dimmed, never hidden
    // Square root, so that one event is still seen beside a burst; a bar is never lower than 2 px.
    const tall = 2 + Math.sqrt(sum / most) * (h - 4);
    let base = y + h;
    for (const [n, tone] of [
      [d.plain[i] ?? 0, p.idle],
      [d.motion[i] ?? 0, p.motion],
      [d.critical[i] ?? 0, p.critical],
    ] as const) {
      const part = (n / sum) * tall;
      base -= part;
      if (part > 0) fillRect(ctx, { x, y: base, w, h: part }, 0, tone);
    }
  });
  ctx.restore();
};

const paintLane = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  l: TimelineLayout,
  lane: Lane,
  v: TimelineView,
  mainY: number,
): void => {
  const { timeline, y } = lane;
  const right = l.left + l.width;
  const branch = timeline !== l.lanes[0]?.timeline;
  const here = timeline.name === v.current;
  setFont(ctx, p, 11, here ? 650 : 400);
  const label = branch ? (here ? 'this branch' : 'branch') : timeline.name;
  const colour = branch ? p['branch-ink'] : here ? p.ink : p['ink-2'];
  write(ctx, p, fitText(ctx, label, l.left - 12), l.left - 8, y + 4, {
    colour,
    weight: here ? 650 : 400,
    align: 'right',
  });
  ctx.save();
  ctx.beginPath();
  ctx.rect(l.left, l.axisY, l.width, l.bottom - l.axisY);
  ctx.clip();
  if (!branch) {
    line(ctx, [l.left, y], [right, y], p['line-strong'], 2);
  } else {
    const from = l.scale.x(timeline.forkedAt?.at ?? timeline.from ?? v.range.from);
    const to = Math.max(from + 26, l.scale.x(timeline.to ?? timeline.forkedAt?.at ?? v.range.to));
    ctx.beginPath();
    ctx.moveTo(from, mainY);
    ctx.bezierCurveTo(from + 10, mainY, from + 4, y, from + 18, y);
    ctx.lineTo(to, y);
    ctx.strokeStyle = p.branch;
    ctx.lineWidth = 2;
    ctx.setLineDash([5, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
    setFont(ctx, p, 11, 600);
    const nameX = Math.max(l.left + 4, Math.min(to + 12, right - 4));
    const name = fitText(ctx, timeline.name, Math.max(0, right - nameX - 4));
    if (to < right - 60) write(ctx, p, name, nameX, y + 4, { colour: p['branch-ink'], weight: 600 });
    else if (from < right - 80) {
      const w = ctx.measureText(timeline.name).width;
      fillRect(ctx, { x: right - w - 14, y: y - 8, w: w + 12, h: 16 }, 0, p.surface);
      write(ctx, p, timeline.name, right - 8, y + 4, { colour: p['branch-ink'], weight: 600, align: 'right' });
    }
  }
  ctx.restore();
};

const paintMarks = (ctx: CanvasRenderingContext2D, p: Palette, l: TimelineLayout): void => {
  l.marks.forEach((box, i) => {
    const look = MARK_LOOK[box.mark.kind];
    const branch = box.timeline !== l.lanes[0]?.timeline.name;
    const tone = branch ? p.branch : p[look.tone];
    ctx.beginPath();
    ctx.arc(box.x, box.y, 8, 0, 2 * Math.PI);
    ctx.fillStyle = p.surface;
    ctx.fill();
    ctx.strokeStyle = tone;
    ctx.lineWidth = 1.3;
    ctx.setLineDash([]);
    ctx.stroke();
    drawGlyph(ctx, look.glyph, box.x - 4.5, box.y - 4.5, 9, { ink: tone, surface: p.surface });
    if (branch) return;
    const next = l.marks[i + 1];
    const sameLane = next !== undefined && next.y === box.y;
    const room = (sameLane ? next.x - 10 : l.left + l.width) - box.x - 16;
    setFont(ctx, p);
    const text = box.more === 0 ? markWords(box.mark) : `${markWords(box.mark)} +${box.more}`;
    const w = ctx.measureText(text).width;
    if (w > room) return;
    fillRect(ctx, { x: box.x + 10, y: box.y - 7, w: w + 6, h: 14 }, 0, p.surface);
    write(ctx, p, text, box.x + 13, box.y + 4, { colour: p['ink-2'] });
  });
};

const paintCursor = (ctx: CanvasRenderingContext2D, p: Palette, l: TimelineLayout, v: TimelineView): void => {
  const x = l.scale.x(v.cursor);
  if (x < l.left - 1 || x > l.left + l.width + 1) return;
  line(ctx, [x, l.axisY - 4], [x, l.bottom - 4], p.accent, 1.5);
  const w = 62;
  const bx = Math.max(l.left, Math.min(x - w / 2, l.left + l.width - w));
  if (v.focused) strokeRect(ctx, { x: bx - 3, y: l.axisY - 13, w: w + 6, h: 22 }, 6, p.accent, 2);
  fillRect(ctx, { x: bx, y: l.axisY - 10, w, h: 16 }, 4, p.accent);
  write(ctx, p, clock(v.cursor), bx + w / 2, l.axisY + 2, { colour: p['on-accent'], weight: 650, align: 'center' });
};

export const paintTimeline = (ctx: CanvasRenderingContext2D, p: Palette, l: TimelineLayout, v: TimelineView): void => {
  const cursorX = l.scale.x(v.cursor);
  for (const tick of ticks(v.range, l.width, 74)) {
    const x = l.scale.x(tick.at);
    line(ctx, [x, l.axisY + 4], [x, l.bottom - 6], p.line, 1);
    setFont(ctx, p);
    const w = ctx.measureText(tick.label).width;
    const clear = x + 3 > cursorX + 35 || x + 3 + w < cursorX - 35;
    if (clear && x + w + 4 < l.left + l.width) write(ctx, p, tick.label, x + 3, l.axisY + 1, { colour: p['ink-3'] });
  }
  paintOverview(ctx, p, l, v);
  paintBars(ctx, p, l, v);
  const mainY = l.lanes[0]?.y ?? 0;
  for (const lane of l.lanes) paintLane(ctx, p, l, lane, v, mainY);
  paintMarks(ctx, p, l);
  if (l.unseen > 0) {
    write(ctx, p, `+${l.unseen} more`, l.left - 8, l.bottom - 4, { colour: p['branch-ink'], align: 'right' });
  }
  if (v.hoverX !== null) line(ctx, [v.hoverX, l.axisY + 4], [v.hoverX, l.bottom - 6], p['line-strong'], 1, [2, 2]);
  paintCursor(ctx, p, l, v);
};
