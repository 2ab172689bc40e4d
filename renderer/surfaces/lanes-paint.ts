// Paints recovery lanes: detection grey, fencing ink, queue hatched (waiting is empty), spawn motion, a red stop where it ends.
import type { VmOutcome } from '../../domain/drill/outcome.ts';
import { brief } from '../../domain/readout/words.ts';
import { fillRect, fitText, hatch, line, setFont, strokeRect, write, type Rect } from './draw.ts';
import type { LanePart, LanesLayout, RecoveryLane } from './lanes-layout.ts';
import type { Palette } from './palette.ts';
import { ticks } from './time-scale.ts';

export type LanesView = {
  readonly selected: string | null;
  readonly focused: number | null;
  /** ms after the fault; null when outside. */ readonly cursorMs: number | null;
};

const stripes = (ctx: CanvasRenderingContext2D, p: Palette, r: Rect): void => {
  fillRect(ctx, r, 2, p.warn);
  hatch(ctx, r, 2, { colour: p.surface, alpha: 0.55, pitch: 7, width: 2 });
};

const paintPart = (ctx: CanvasRenderingContext2D, p: Palette, part: LanePart, r: Rect, vm: VmOutcome): void => {
  switch (part.kind) {
    case 'detection':
      return fillRect(ctx, r, 2, p.idle);
    case 'fencing':
      return fillRect(ctx, r, 0, p.ink);
    case 'queue': {
      const thin = { x: r.x, y: r.y + r.h * 0.28, w: r.w, h: r.h * 0.44 };
      hatch(ctx, thin, 0, { colour: p.idle, alpha: 0.5, pitch: 7, width: 1.2 });
      return line(ctx, [r.x, r.y + r.h / 2], [r.x + r.w, r.y + r.h / 2], p.idle, 1);
    }
    case 'scheduling':
      return strokeRect(ctx, { x: r.x + 0.5, y: r.y + 0.5, w: Math.max(1, r.w - 1), h: r.h - 1 }, 1, p.motion, 1);
    case 'spawn':
      return vm.dataLost ? stripes(ctx, p, r) : fillRect(ctx, r, 2, p.motion);
  }
};

const verdictOf = (vm: VmOutcome): string => {
  if (vm.downMs !== null) return brief(vm.downMs);
  const reason = vm.cause.split(/[:.(]/, 1)[0]?.trim() ?? '';
  return reason === '' ? vm.outcome : `${vm.outcome}: ${reason}`;
};

const paintLane = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  l: LanesLayout,
  lane: RecoveryLane,
  width: number,
  v: LanesView,
): void => {
  const { vm, y, h } = lane;
  const selected = v.selected === `vm:${vm.vm}`;
  if (selected) fillRect(ctx, { x: 2, y, w: width - 4, h }, 4, p['accent-wash']);
  setFont(ctx, p, 11.5, selected ? 650 : 400);
  const middle = y + h / 2;
  write(ctx, p, fitText(ctx, vm.name, l.left - 16), l.left - 8, middle + 4, {
    colour: p.ink,
    size: 11.5,
    weight: selected ? 650 : 400,
    align: 'right',
  });
  const bar = { top: y + 2, h: h - 5 };
  for (const part of lane.parts) {
    const x = l.x(part.from);
    const w = Math.max(1.5, l.x(part.to) - x - 1);
    paintPart(ctx, p, part, { x, y: bar.top, w, h: bar.h }, vm);
  }
  const end = l.x(lane.end);
  const back = vm.downMs !== null;
  if (!back) fillRect(ctx, { x: end, y: bar.top, w: 5, h: bar.h }, 0, p.critical);
  setFont(ctx, p, 11, back ? 400 : 600);
  const text = fitText(ctx, verdictOf(vm), width - end - (back ? 8 : 14));
  write(ctx, p, text, end + (back ? 5 : 10), middle + 4, {
    colour: back ? p.ink : p['critical-ink'],
    weight: back ? 400 : 600,
  });
  if (v.focused !== null && l.lanes[v.focused] === lane)
    strokeRect(ctx, { x: 3, y: y + 0.5, w: width - 6, h: h - 1 }, 4, p.accent, 2);
};

const LEGEND: readonly (readonly [LanePart['kind'] | 'stripes', string])[] = [
  ['detection', 'detection'],
  ['fencing', 'fencing'],
  ['queue', 'queue'],
  ['spawn', 'spawn'],
  ['stripes', 'spawn, disk re-created'],
];

export const paintLanes = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  l: LanesLayout,
  width: number,
  v: LanesView,
): void => {
  const rows = l.lanes.length;
  const bottom = l.head + (l.lanes[0]?.h ?? 0) * rows;
  for (const tick of ticks({ from: 0, to: l.spanMs }, l.x(l.spanMs) - l.left, 48)) {
    const x = l.x(tick.at);
    line(ctx, [x, l.head - 6], [x, bottom + 2], p.line, 1);
    write(ctx, p, tick.at === 0 ? '0 min' : brief(tick.at), x, l.head - 11, { colour: p['ink-3'], align: 'center' });
  }
  for (const lane of l.lanes) paintLane(ctx, p, l, lane, width, v);
  if (v.cursorMs !== null && v.cursorMs >= 0 && v.cursorMs <= l.spanMs) {
    line(ctx, [l.x(v.cursorMs), l.head - 6], [l.x(v.cursorMs), bottom + 2], p.accent, 1.2);
  }
  let x = 12;
  const y = bottom + 22;
  for (const [kind, name] of LEGEND) {
    setFont(ctx, p);
    const w = ctx.measureText(name).width;
    if (x + 19 + w > width) break;
    const swatch = { x, y: y - 9, w: 14, h: 10 };
    if (kind === 'stripes') stripes(ctx, p, swatch);
    else if (kind === 'queue') {
      hatch(ctx, swatch, 0, { colour: p.idle, alpha: 0.6, pitch: 6, width: 1.2 });
      strokeRect(ctx, swatch, 0, p.idle, 0.6);
    } else fillRect(ctx, swatch, 2, kind === 'detection' ? p.idle : kind === 'fencing' ? p.ink : p.motion);
    write(ctx, p, name, x + 19, y, { colour: p['ink-3'] });
    x += 19 + w + 14;
  }
};
