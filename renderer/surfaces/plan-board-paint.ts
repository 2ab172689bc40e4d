// Paints the board of a plan: verdicts as shape and letters, moves as bars on one time axis, the link beneath them.
import type { LinkLoad } from '../../domain/planning/link-load.ts';
import type { PlannedMove } from '../../domain/planning/plan.ts';
import { brief, duration, mebibytes } from '../../domain/readout/words.ts';
import { fillRect, fitText, line, setFont, strokeRect, write } from './draw.ts';
import { drawGlyph } from './glyphs.ts';
import type { Palette } from './palette.ts';
import type { BoardCell, BoardColumn, BoardLayout, BoardRow } from './plan-board-layout.ts';
import { ticks } from './time-scale.ts';

type Ctx = CanvasRenderingContext2D;

export type BoardView = {
  readonly selected: string | null;
  /** Row and column with the keyboard focus; a column of -1 is the row itself. */
  readonly focus: { readonly row: number; readonly column: number } | null;
  readonly lowerBoundMs: number | null;
  readonly makespanMs: number | null;
};

const LETTERS_FROM_PX = 27; // three letters of the smallest type fit from here on
const LABEL_ROOM = 62; // right of the Gantt, as the layout leaves it
const TICKS_PX = 56;
const NAME_GAP = 3; // px between the names of columns
const MOST_NAME_PX = 40; // a longer name is cut, not given more columns

const paintMark = (ctx: Ctx, p: Palette, row: BoardRow, cell: BoardCell, c: BoardColumn): void => {
  const box = { x: c.x + 1.5, y: row.y + 2.5, w: c.w - 3, h: row.h - 5 };
  const middle = { x: c.x + c.w / 2, y: row.y + row.h / 2 };
  if (cell.chosen) {
    const isLive = row.moves.every((m) => m.kind === 'live');
    if (!isLive) {
      fillRect(ctx, box, 3, p.surface);
      strokeRect(ctx, box, 3, p.idle, 1.3, [3, 2]);
      return drawGlyph(ctx, 'arrow', middle.x - 5.5, middle.y - 5.5, 11, { ink: p['ink-2'], surface: p.surface });
    }
    fillRect(ctx, box, 3, p.motion);
    return drawGlyph(ctx, 'arrow', middle.x - 5.5, middle.y - 5.5, 11, { ink: p.surface, surface: p.motion });
  }
  if (cell.verdict === 'own') return;
  if (cell.verdict === 'open') {
    ctx.beginPath();
    ctx.arc(middle.x, middle.y, 2, 0, Math.PI * 2);
    ctx.fillStyle = p['line-strong'];
    return ctx.fill();
  }
  const hard = row.wholly !== null;
  if (cell.verdict === 'undecided') strokeRect(ctx, box, 3, p['line-strong'], 1, [2, 2]);
  else fillRect(ctx, box, 3, hard ? p['critical-wash'] : p.well);
  if (c.w >= LETTERS_FROM_PX) {
    setFont(ctx, p);
    const text = fitText(ctx, cell.verdict === 'undecided' ? '?' : cell.code, c.w - 4);
    return void write(ctx, p, text, middle.x, middle.y + 4, {
      colour: hard ? p['critical-ink'] : p['ink-2'],
      align: 'center',
    });
  }
  if (cell.verdict === 'undecided')
    return void write(ctx, p, '?', middle.x, middle.y + 4, { colour: p['ink-2'], align: 'center' });
  const arm = 3;
  const colour = hard ? p['critical-ink'] : p['ink-3'];
  line(ctx, [middle.x - arm, middle.y - arm], [middle.x + arm, middle.y + arm], colour, 1.3);
  line(ctx, [middle.x + arm, middle.y - arm], [middle.x - arm, middle.y + arm], colour, 1.3);
};

const paintBar = (
  ctx: Ctx,
  p: Palette,
  l: BoardLayout,
  row: BoardRow,
  move: PlannedMove,
  isSelected: boolean,
): void => {
  const g = l.gantt;
  if (g === null) return;
  const x = g.at(move.startMs);
  const r = { x, y: row.y + 4, w: Math.max(3, g.at(move.endMs) - x), h: row.h - 8 };
  if (move.kind === 'live') {
    fillRect(ctx, r, 2, p.motion);
    fillRect(ctx, { x: r.x + r.w - 2.5, y: r.y, w: 2.5, h: r.h }, 0, p.ink);
  } else {
    fillRect(ctx, r, 2, p.surface);
    strokeRect(ctx, { x: r.x + 0.5, y: r.y + 0.5, w: r.w - 1, h: r.h - 1 }, 2, p.idle, 1.2, [3, 2]);
  }
  const isSeen = l.columns.some((c) => c.name === move.dest);
  const where = isSeen || move.kind === 'stop' ? '' : `→ ${move.dest.slice(l.prefix.length)} `;
  const text =
    where +
    (move.kind === 'live'
      ? duration(move.endMs - move.startMs)
      : `${move.kind}, ${move.downtimeMs === 0 ? 'was off' : `down ${duration(move.downtimeMs)}`}`);
  setFont(ctx, p);
  const textW = ctx.measureText(text).width;
  const fits = r.x + r.w + 6 + textW < g.x + g.w + LABEL_ROOM;
  const from = fits ? r.x + r.w + 5 : r.x - 5 - textW;
  fillRect(ctx, { x: from - 2, y: r.y, w: textW + 4, h: r.h }, 0, isSelected ? p['accent-wash'] : p.surface);
  write(ctx, p, text, from, row.y + row.h / 2 + 4, { colour: p['ink-2'] });
};

const paintRow = (ctx: Ctx, p: Palette, l: BoardLayout, row: BoardRow, width: number, v: BoardView): void => {
  const selected = v.selected === `vm:${row.vm.id}`;
  if (selected) fillRect(ctx, { x: 4, y: row.y + 0.5, w: width - 8, h: row.h - 1 }, 4, p['accent-wash']);
  else line(ctx, [12, row.y], [width - 12, row.y], p.line, 1);
  const base = row.y + row.h / 2 + 4;
  setFont(ctx, p, 12, selected ? 650 : 400);
  write(ctx, p, fitText(ctx, row.vm.name, l.left - 78), 12, base, {
    colour: p.ink,
    size: 12,
    weight: selected ? 650 : 400,
  });
  if (row.vm.ramMiB !== null)
    write(ctx, p, mebibytes(row.vm.ramMiB), l.left - 10, base, { colour: p['ink-2'], align: 'right' });
  for (const [i, cell] of row.cells.entries()) {
    const column = l.columns[i];
    if (column !== undefined) paintMark(ctx, p, row, cell, column);
  }
  if (row.stays !== null && l.gantt !== null) {
    setFont(ctx, p, 11, 600);
    const text = fitText(ctx, `stays: ${row.stays}`, width - l.gantt.x - 12);
    const ground = { x: l.gantt.x + 2, y: row.y + 2, w: ctx.measureText(text).width + 4, h: row.h - 3 };
    fillRect(ctx, ground, 0, selected ? p['accent-wash'] : p.surface);
    write(ctx, p, text, l.gantt.x + 4, base, {
      colour: p['critical-ink'],
      weight: 600,
    });
  }
  for (const move of row.moves) paintBar(ctx, p, l, row, move, selected);
};

/** Whether the plan is as short as any could be, to the eye. */
const isTight = (v: BoardView): boolean =>
  v.lowerBoundMs !== null && v.makespanMs !== null && v.lowerBoundMs >= v.makespanMs * 0.995;

const verticals = (ctx: Ctx, p: Palette, l: BoardLayout, top: number, bottom: number, v: BoardView): void => {
  const g = l.gantt;
  if (g === null) return;
  for (const t of ticks({ from: 0, to: g.spanMs }, g.w, TICKS_PX))
    line(ctx, [g.at(t.at), top], [g.at(t.at), bottom], p.line, 1);
  if (v.lowerBoundMs !== null && !isTight(v))
    line(ctx, [g.at(v.lowerBoundMs), top], [g.at(v.lowerBoundMs), bottom], p.ink, 1.2);
  if (v.makespanMs !== null && v.makespanMs > 0)
    line(ctx, [g.at(v.makespanMs), top], [g.at(v.makespanMs), bottom], p['motion-ink'], 1.2, [4, 3]);
};

export const paintRows = (ctx: Ctx, p: Palette, l: BoardLayout, width: number, v: BoardView): void => {
  verticals(ctx, p, l, 0, l.height, v);
  for (const row of l.rows) paintRow(ctx, p, l, row, width, v);
  const row = v.focus === null ? undefined : l.rows[v.focus.row];
  if (row === undefined || v.focus === null) return;
  const column = l.columns[v.focus.column];
  const ring =
    column === undefined
      ? { x: 4.5, y: row.y + 1, w: width - 9, h: row.h - 2 }
      : { x: column.x + 0.5, y: row.y + 1, w: column.w - 1, h: row.h - 2 };
  strokeRect(ctx, ring, 4, p.accent, 2);
};

/** Column names over their columns; over the Gantt the time axis with the end of the plan and the bound. */
export const paintHead = (ctx: Ctx, p: Palette, l: BoardLayout, height: number, v: BoardView): void => {
  const base = height - 7;
  const style = { colour: p['ink-3'], weight: 600 };
  write(ctx, p, 'VM', 12, base, style);
  write(ctx, p, 'RAM', l.left - 10, base, { ...style, align: 'right' });
  const more = l.more === 0 ? '' : `, ${l.more} more without room here`;
  if (l.columns.length > 0) write(ctx, p, `to ${l.prefix}${more}`, l.left, base - 14, { colour: p['ink-3'] });
  // Names that would run into one another are written over every second column, or third.
  setFont(ctx, p, 11, 600);
  const widest = Math.max(0, ...l.columns.map((c) => ctx.measureText(c.short).width));
  const every = Math.max(1, Math.ceil((Math.min(widest, MOST_NAME_PX) + NAME_GAP) / (l.columns[0]?.w ?? 1)));
  for (const [i, c] of l.columns.entries()) {
    if (i % every !== 0) continue;
    write(ctx, p, fitText(ctx, c.short, c.w * every), c.x + c.w / 2, base, {
      colour: p['ink-2'],
      weight: 600,
      align: 'center',
    });
  }
  const g = l.gantt;
  if (g === null) return;
  for (const t of ticks({ from: 0, to: g.spanMs }, g.w, TICKS_PX))
    write(ctx, p, t.at === 0 ? 'start' : brief(t.at), g.at(t.at) + 3, base, { colour: p['ink-3'] });
  const { lowerBoundMs: bound, makespanMs: end } = v;
  if (end === null || end <= 0) return;
  const isBound = isTight(v);
  write(ctx, p, isBound ? `end ${brief(end)} = lower bound` : `end ${brief(end)}`, g.at(end) + 2, base - 14, {
    colour: p['motion-ink'],
    weight: 600,
    align: isBound ? 'right' : 'left',
  });
  if (bound === null || isBound) return;
  write(ctx, p, `bound ${brief(bound)}`, g.at(bound) - 3, base - 14, { colour: p.ink, weight: 600, align: 'right' });
};

const LOAD_TOP = 16;
const LOAD_BOTTOM = 18;
const GBIT = 1e9;

const gbit = (bytesPerS: number): string => `${Number(((bytesPerS * 8) / GBIT).toPrecision(2))} Gbit/s`;

/** The load of one adapter under the bars it comes from, against what the adapter carries. */
export const paintLoad = (
  ctx: Ctx,
  p: Palette,
  l: BoardLayout,
  size: { readonly width: number; readonly height: number },
  load: LinkLoad,
  capacity: { readonly bytesPerS: number; readonly label: string },
  v: BoardView,
): void => {
  const g = l.gantt;
  if (g === null) return;
  line(ctx, [12, 0.5], [size.width - 12, 0.5], p['line-strong'], 1);
  const bottom = size.height - LOAD_BOTTOM;
  const most = Math.max(capacity.bytesPerS, load.peakBytesPerS);
  const y = (rate: number): number => bottom - (rate / most) * (bottom - LOAD_TOP);
  verticals(ctx, p, l, 1, bottom, v);
  ctx.beginPath();
  ctx.moveTo(g.x, bottom);
  let rate = 0;
  for (const [ms, next] of load.steps) {
    ctx.lineTo(g.at(ms), y(rate));
    ctx.lineTo(g.at(ms), y(next));
    rate = next;
  }
  ctx.strokeStyle = p.motion;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.globalAlpha = 0.18;
  ctx.fillStyle = p.motion;
  ctx.fill();
  ctx.globalAlpha = 1;
  line(ctx, [g.x, bottom], [g.x + g.w, bottom], p['line-strong'], 1);
  line(ctx, [g.x, y(capacity.bytesPerS)], [g.x + g.w, y(capacity.bytesPerS)], p.critical, 1, [3, 3]);
  write(ctx, p, capacity.label, g.x + g.w + 4, y(capacity.bytesPerS) + 4, { colour: p['critical-ink'] });
  const text = `peak ${gbit(load.peakBytesPerS)}, mean rate of each move`;
  write(ctx, p, text, g.x, size.height - 5, { colour: p['ink-3'] });
};
