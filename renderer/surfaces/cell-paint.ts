// One VM cell: square at rest, circle in motion, diamond in error, hollow not running, dashed not known.
import type { CellState } from '../../domain/readout/picture-types.ts';
import { drawGlyph } from './glyphs.ts';
import { fillRect, strokeRect, type Rect } from './draw.ts';
import { loadColour, type Palette } from './palette.ts';

const GLYPHS_FROM = 9; // px; smaller cells keep their shape and lose their glyph
const RING = 1.2;

/** `share` 0..1 fills the square by the load ramp; -1 means it was never sampled. */
export const paintCell = (
  ctx: CanvasRenderingContext2D,
  palette: Palette,
  box: Rect,
  cell: { readonly state: CellState; readonly share: number; readonly doubtful: boolean },
): void => {
  const { x, y, w: s } = box;
  const radius = s > 13 ? 2.5 : s > 7 ? 1.5 : 0.8;
  const glyphs = s >= GLYPHS_FROM;
  const inset = (by: number): Rect => ({ x: x + by, y: y + by, w: s - 2 * by, h: s - 2 * by });
  const load = cell.share < 0 ? palette.vm : loadColour(palette, cell.share);
  const circle = (r: number): void => {
    ctx.beginPath();
    ctx.arc(x + s / 2, y + s / 2, r, 0, 2 * Math.PI);
  };
  const inMotion = (glyph: 'arrow' | 'rebuild'): void => {
    circle(s * 0.56);
    ctx.fillStyle = palette.motion;
    ctx.fill();
    ctx.strokeStyle = palette.surface;
    ctx.lineWidth = RING;
    ctx.stroke();
    if (glyphs)
      drawGlyph(ctx, glyph, x + s * 0.2, y + s * 0.2, s * 0.6, { ink: palette.surface, surface: palette.motion });
  };
  const hollow = (dash: readonly number[], colour = palette.idle): void =>
    strokeRect(ctx, inset(0.6), radius, colour, 1.2, dash);

  switch (cell.state) {
    case 'ACTIVE':
      fillRect(ctx, box, radius, load);
      if (cell.share >= 0 && cell.share < 1 / 8) strokeRect(ctx, inset(0.3), radius, palette.line, 0.6);
      if (cell.doubtful) strokeRect(ctx, inset(-1), radius + 1, palette.warn, 1.3, [2, 2]);
      return;
    case 'MIGRATING':
      return inMotion('arrow');
    case 'REBUILD':
      return inMotion('rebuild');
    case 'BUILD':
      circle(s * 0.5 - 0.8);
      ctx.strokeStyle = palette.motion;
      ctx.lineWidth = 1.6;
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x + s / 2, y + s / 2, s * 0.5 - 0.8, 0, Math.PI);
      ctx.fillStyle = palette.motion;
      ctx.fill();
      return;
    case 'QUEUED':
      circle(s * 0.44);
      ctx.fillStyle = palette.surface;
      ctx.fill();
      ctx.strokeStyle = palette.motion;
      ctx.lineWidth = 1.6;
      ctx.setLineDash([2.4, 1.6]);
      ctx.stroke();
      ctx.setLineDash([]);
      return;
    case 'RECOVERED':
      fillRect(ctx, box, radius, cell.share < 0 ? palette.surface : load);
      strokeRect(ctx, inset(0.8), radius, palette.motion, 1.8);
      if (glyphs)
        drawGlyph(ctx, 'check', x + s * 0.22, y + s * 0.22, s * 0.56, {
          ink: cell.share > 0.5 ? palette.surface : palette.ink,
          surface: palette.surface,
        });
      return;
    case 'ERROR': {
      const over = s * 0.14;
      ctx.beginPath();
      ctx.moveTo(x + s / 2, y - over);
      ctx.lineTo(x + s + over, y + s / 2);
      ctx.lineTo(x + s / 2, y + s + over);
      ctx.lineTo(x - over, y + s / 2);
      ctx.closePath();
      ctx.fillStyle = palette.critical;
      ctx.fill();
      ctx.strokeStyle = palette.surface;
      ctx.lineWidth = RING;
      ctx.stroke();
      if (glyphs)
        drawGlyph(ctx, 'error', x + s * 0.29, y + s * 0.29, s * 0.42, {
          ink: palette.surface,
          surface: palette.critical,
        });
      return;
    }
    case 'PAUSED':
    case 'SUSPENDED':
      hollow([]);
      if (glyphs) {
        const glyph = cell.state === 'PAUSED' ? 'pause' : 'suspend';
        drawGlyph(ctx, glyph, x + s * 0.15, y + s * 0.15, s * 0.7, { ink: palette['ink-2'], surface: palette.surface });
      }
      return;
    case 'SHELVED':
    case 'DELETED':
      return hollow([1.5, 1.8]);
    case 'UNKNOWN':
      hollow([2, 2], palette.warn);
      if (glyphs && s >= 12)
        drawGlyph(ctx, 'unknown', x + s * 0.25, y + s * 0.25, s * 0.5, {
          ink: palette['warn-ink'],
          surface: palette.surface,
        });
      return;
    case 'SHUTOFF':
    case 'OTHER':
      hollow([], cell.doubtful ? palette.warn : palette.idle);
  }
};
