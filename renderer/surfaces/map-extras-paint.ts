// Paints what stands below the tiles of the cluster map: storage pools and the legend.
import type { CellState, Picture } from '../../domain/readout/picture-types.ts';
import type { Measure } from '../session/desk.ts';
import { gibibytes, percent } from '../../domain/readout/words.ts';
import { paintCell } from './cell-paint.ts';
import { fillRect, fitText, setFont, strokeRect, write } from './draw.ts';
import { drawGlyph, type GlyphName } from './glyphs.ts';
import type { MapLayout } from './map-layout.ts';
import type { Palette } from './palette.ts';

const NEARLY_FULL = 0.9;
const MEASURE_NAMES: Readonly<Record<Measure, string>> = { cpu: 'CPU', ram: 'RAM of host', vcpus: 'vCPU of host' };

export const paintPools = (ctx: CanvasRenderingContext2D, p: Palette, layout: MapLayout, picture: Picture): void => {
  layout.pools.forEach((r, i) => {
    const pool = picture.pools[i];
    if (pool === undefined) return;
    fillRect(ctx, { x: r.x + 0.5, y: r.y + 0.5, w: r.w - 1, h: r.h - 1 }, 6, p.surface);
    strokeRect(ctx, { x: r.x + 0.5, y: r.y + 0.5, w: r.w - 1, h: r.h - 1 }, 6, p.line, 1);
    const known = pool.sizeGiB !== null && pool.usedGiB !== null && pool.sizeGiB > 0;
    const share = known ? (pool.usedGiB ?? 0) / (pool.sizeGiB ?? 1) : 0;
    const figure = known ? percent(share) : '';
    write(ctx, p, figure, r.x + r.w - 10, r.y + 19, { colour: p.ink, weight: 650, align: 'right' });
    const w = write(ctx, p, pool.name, r.x + 10, r.y + 19, { colour: p.ink, size: 12, weight: 650 });
    const about = [pool.kind, pool.layout, pool.replicas === null ? null : `replica ${pool.replicas}`]
      .filter(Boolean)
      .join(', ');
    setFont(ctx, p);
    write(ctx, p, fitText(ctx, about, r.w - 24 - w - 50), r.x + 18 + w, r.y + 19, { colour: p['ink-3'] });
    if (!known) {
      const bricks =
        pool.bricks.length > 0
          ? `${pool.bricks.length} bricks on ${[...new Set(pool.bricks.map((b) => b.host))].join(', ')}`
          : 'size unknown';
      setFont(ctx, p);
      write(ctx, p, fitText(ctx, bricks, r.w - 20), r.x + 10, r.y + 37, { colour: p['ink-3'] });
      return;
    }
    const text = `${gibibytes(pool.usedGiB ?? 0)} of ${gibibytes(pool.sizeGiB ?? 0)}`;
    const textW = write(ctx, p, text, r.x + r.w - 10, r.y + 37, { colour: p['ink-3'], align: 'right' });
    const barW = r.w - 20 - textW - 12;
    fillRect(ctx, { x: r.x + 10, y: r.y + 31, w: barW, h: 5 }, 2.5, p.well);
    fillRect(
      ctx,
      { x: r.x + 10, y: r.y + 31, w: barW * share, h: 5 },
      2.5,
      share > NEARLY_FULL ? p.warn : (p.load[4] ?? p.idle),
    );
  });
};

const LEGEND: readonly CellState[] = [
  'REBUILD',
  'QUEUED',
  'RECOVERED',
  'ERROR',
  'SHUTOFF',
  'MIGRATING',
  'PAUSED',
  'BUILD',
  'UNKNOWN',
];
const WORDS: Partial<Record<CellState, string>> = { QUEUED: 'queued', RECOVERED: 'recovered', UNKNOWN: 'unknown' };
const HOST_LEGEND: readonly (readonly [GlyphName, 'critical' | 'idle', string])[] = [
  ['fenced', 'critical', 'fenced'],
  ['down', 'critical', 'down'],
  ['disabled', 'idle', 'disabled'],
];

/** Explained even when absent, so that the legend does not jump while time moves. */
const ALWAYS: ReadonlySet<CellState> = new Set(['REBUILD', 'ERROR', 'SHUTOFF', 'MIGRATING', 'QUEUED', 'RECOVERED']);

export const paintLegend = (
  ctx: CanvasRenderingContext2D,
  p: Palette,
  layout: MapLayout,
  width: number,
  measure: Measure,
): void => {
  const present = new Set(layout.tiles.flatMap((t) => t.cells.map((c) => c.vm.state)));
  if (layout.legendY === null) return;
  const y = layout.legendY;
  const quiet = { colour: p['ink-3'] };
  let x = layout.groups.some((g) => g.w > 0) ? (layout.groups[0]?.w ?? 0) : 0;
  x += write(ctx, p, MEASURE_NAMES[measure], x, y, quiet) + 6;
  const step = width < 760 ? 8 : 13;
  p.load.forEach((colour, i) => fillRect(ctx, { x: x + i * step, y: y - 10, w: step, h: 11 }, 0, colour));
  x += p.load.length * step + 6;
  x += write(ctx, p, `0 to ${percent(1)}`, x, y, quiet) + 14;
  const item = (text: string, draw: (at: number) => void): void => {
    setFont(ctx, p);
    const w = ctx.measureText(text).width;
    if (x + 17 + w > width) return;
    draw(x);
    write(ctx, p, text, x + 17, y, quiet);
    x += 17 + w + 12;
  };
  for (const state of LEGEND) {
    if (!ALWAYS.has(state) && !present.has(state)) continue;
    item(WORDS[state] ?? state, (at) =>
      paintCell(ctx, p, { x: at, y: y - 10, w: 11, h: 11 }, { state, share: 0.3, doubtful: false }),
    );
  }
  for (const [glyph, tone, word] of HOST_LEGEND) {
    item(word, (at) => drawGlyph(ctx, glyph, at, y - 10, 11, { ink: p[tone], surface: p.surface }));
  }
};
