// What a packet costs, stage under stage: cycles across, the sender's host and the receiver's in two steps of the ramp.
import { useCallback, useRef } from 'preact/hooks';
import type { PathCost } from '../../domain/datapath/path-cost.ts';
import { count } from '../../domain/readout/words.ts';
import { Canvas, type Paint, useBox, usePalette } from './canvas.tsx';
import { fillRect, fitText, line, setFont, strokeRect, write } from './draw.ts';
import type { Palette } from './palette.ts';
import { type Bar, barsOf, titleOf } from './waterfall-bars.ts';

type Props = { readonly cost: PathCost; readonly from: string; readonly to: string };

const ROW_PX = 15; // stages that do not fit at this height are one bar a host
const FEWEST_BARS = 6;
const NAMES_PX = 148;
const FIGURES_PX = 54;
const SENDER_STEP = 5; // of the load ramp
const RECEIVER_STEP = 3;

const paintWaterfall = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  bars: readonly Bar[],
  from: string,
  size: { width: number; height: number },
): void => {
  const total = bars.reduce((sum, b) => sum + b.cycles, 0);
  const rowH = Math.min(22, (size.height - 4) / (bars.length + 1));
  const x = (cycles: number): number => NAMES_PX + (cycles / Math.max(1, total)) * (size.width - NAMES_PX - FIGURES_PX);
  for (const [i, bar] of bars.entries()) {
    const y = i * rowH;
    setFont(ctx, p);
    const name = fitText(ctx, bar.name, NAMES_PX - 16);
    write(ctx, p, name, NAMES_PX - 8, y + rowH / 2 + 4, { colour: p.ink, align: 'right' });
    const colour = p.load[bar.host === from ? SENDER_STEP : RECEIVER_STEP] ?? p.vm;
    const w = Math.max(2, x(bar.before + bar.cycles) - x(bar.before));
    fillRect(ctx, { x: x(bar.before), y: y + 2, w, h: rowH - 4 }, 2, colour);
    write(ctx, p, count(bar.cycles), x(bar.before) + w + 5, y + rowH / 2 + 4, { colour: p['ink-2'] });
    if (bars[i - 1]?.host !== bar.host) {
      const [at, align] = i === 0 ? ([size.width - 12, 'right'] as const) : ([NAMES_PX + 4, 'left'] as const);
      write(ctx, p, bar.host, at, y + rowH / 2 + 4, { colour: p['ink-2'], weight: 600, align });
    }
    const next = bars[i + 1];
    if (next !== undefined)
      line(ctx, [x(next.before), y + rowH - 2], [x(next.before), y + rowH + 2], p['line-strong'], 1);
    if (next !== undefined && next.host !== bar.host) {
      line(ctx, [10, y + rowH], [size.width - 10, y + rowH], p['line-strong'], 1, [2, 3]);
      write(ctx, p, 'wire', size.width - 12, y + rowH - 3, { colour: p['ink-3'], align: 'right' });
    }
  }
  const y = bars.length * rowH;
  write(ctx, p, 'total, cycles', NAMES_PX - 8, y + rowH / 2 + 4, { colour: p.ink, weight: 600, align: 'right' });
  strokeRect(ctx, { x: NAMES_PX, y: y + 2, w: x(total) - NAMES_PX, h: rowH - 4 }, 2, p['ink-2'], 1.2);
  write(ctx, p, count(total), x(total) + 5, y + rowH / 2 + 4, { colour: p.ink, weight: 600 });
};

export const Waterfall = ({ cost, from, to }: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const paint = useCallback<Paint>(
    (ctx, size) => {
      const most = Math.max(FEWEST_BARS, Math.floor(size.height / ROW_PX) - 1);
      paintWaterfall(ctx, palette, barsOf(cost.stages, most), from, size);
    },
    [palette, cost, from],
  );
  return (
    <div
      ref={ref}
      class="surface waterfall"
      role="img"
      aria-label={`Path cost from ${from} to ${to}`}
      data-surface="waterfall"
    >
      <Canvas box={box} paint={paint} />
      <ol class="mirror">
        {cost.stages.map((s, i) => (
          <li key={i}>
            {s.host}, {titleOf(s)}: {count(s.cycles)} cycles, {s.basis}
          </li>
        ))}
      </ol>
    </div>
  );
};
