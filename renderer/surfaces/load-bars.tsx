// FDB messages and copies of a broadcast over the visible stretch of the timeline, with the cursor in it.
import { useCallback, useRef } from 'preact/hooks';
import type { NetworkLoad } from '../../domain/network/load-over-time.ts';
import { clock, count, plural } from '../../domain/readout/words.ts';
import { Canvas, type Paint, useBox, usePalette } from './canvas.tsx';
import { fillRect, line, write } from './draw.ts';
import type { Palette } from './palette.ts';

type Props = { readonly load: NetworkLoad; readonly cursorMs: number; readonly onSeek: (ms: number) => void };

const LEFT = 44;
const RIGHT = 12;
const TICKS = 4;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The next 1, 2 or 5 times a power of ten. */
const roundUp = (n: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return power * ([1, 2, 5, 10].find((m) => m * power >= n) ?? 10);
};

type Strip = { readonly y: number; readonly h: number; readonly most: number };

const axis = (ctx: CanvasRenderingContext2D, p: Palette, strip: Strip, width: number, title: string): void => {
  for (const part of [0, 0.5, 1]) {
    const y = strip.y + strip.h * (1 - part);
    line(ctx, [LEFT, y], [width - RIGHT, y], part === 0 ? p['line-strong'] : p.line, 1);
    write(ctx, p, count(strip.most * part), LEFT - 6, y + 4, { colour: p['ink-3'], align: 'right' });
  }
  write(ctx, p, title, LEFT, strip.y - 6, { colour: p['ink-2'], weight: 600 });
};

const paintLoad = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  load: NetworkLoad,
  cursorMs: number,
  width: number,
  height: number,
): void => {
  const w = width - LEFT - RIGHT;
  const x = (ms: number): number => LEFT + ((ms - load.from) / Math.max(1, load.to - load.from)) * w;
  const half = (height - 58) / 2;
  const fdb: Strip = { y: 20, h: half, most: roundUp(Math.max(1, ...load.deliveries)) };
  const bum: Strip = { y: 20 + half + 22, h: half, most: roundUp(Math.max(1, load.copiesFullMesh)) };
  axis(ctx, p, fdb, width, `FDB messages received, ${count(sum(load.deliveries))} in all`);
  const bar = w / load.deliveries.length;
  for (const [i, n] of load.deliveries.entries()) {
    const h = (n / fdb.most) * fdb.h;
    if (n > 0) fillRect(ctx, { x: LEFT + i * bar, y: fdb.y + fdb.h - h, w: Math.max(1.5, bar - 1), h }, 1, p.motion);
  }
  axis(ctx, p, bum, width, 'Copies of a broadcast');
  const y = (copies: number): number => bum.y + bum.h * (1 - copies / bum.most);
  line(ctx, [LEFT, y(load.copiesFullMesh)], [width - RIGHT, y(load.copiesFullMesh)], p.idle, 1.4, [5, 3]);
  write(ctx, p, `full mesh ${count(load.copiesFullMesh)}`, width - RIGHT, y(load.copiesFullMesh) - 4, {
    colour: p['ink-3'],
    align: 'right',
  });
  ctx.beginPath();
  for (const [i, copies] of load.copies.entries()) {
    ctx.lineTo(LEFT + i * bar, y(copies));
    ctx.lineTo(LEFT + (i + 1) * bar, y(copies));
  }
  ctx.strokeStyle = p.accent;
  ctx.lineWidth = 2.4;
  ctx.stroke();
  const last = load.copies.at(-1) ?? 0;
  write(ctx, p, `l2pop ${last.toFixed(1)}`, width - RIGHT, y(last) + 15, {
    colour: p['accent-ink'],
    weight: 600,
    align: 'right',
  });
  for (let i = 0; i <= TICKS; i++) {
    const ms = load.from + ((load.to - load.from) * i) / TICKS;
    const align = i === 0 ? 'left' : i === TICKS ? 'right' : 'center';
    write(ctx, p, clock(ms).slice(0, 5), x(ms), height - 3, { colour: p['ink-3'], align });
  }
  if (cursorMs >= load.from && cursorMs <= load.to)
    line(ctx, [x(cursorMs), fdb.y], [x(cursorMs), bum.y + bum.h], p.accent, 1.2);
};

export const LoadBars = ({ load, cursorMs, onSeek }: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const paint = useCallback<Paint>(
    (ctx, { width, height }) => paintLoad(ctx, palette, load, cursorMs, width, height),
    [palette, load, cursorMs],
  );
  const press = (e: PointerEvent): void => {
    const x = e.clientX - (ref.current?.getBoundingClientRect().left ?? 0);
    const share = (x - LEFT) / Math.max(1, box.width - LEFT - RIGHT);
    if (share >= 0 && share <= 1) onSeek(Math.round(load.from + share * (load.to - load.from)));
  };
  const busiest = load.deliveries.indexOf(Math.max(...load.deliveries));
  const busiestAt = load.from + ((busiest + 0.5) / load.deliveries.length) * (load.to - load.from);
  return (
    <div
      ref={ref}
      class="surface load-bars"
      role="img"
      aria-label={
        `From ${clock(load.from)} to ${clock(load.to)} agents receive ${plural(sum(load.deliveries), 'FDB message')}, most around ` +
        `${clock(busiestAt)}; a broadcast is copied ${(load.copies.at(-1) ?? 0).toFixed(1)} times with l2population, ` +
        `${count(load.copiesFullMesh)} times in a full mesh`
      }
      onPointerDown={press}
      data-surface="network-load"
    >
      <Canvas box={box} paint={paint} />
    </div>
  );
};
