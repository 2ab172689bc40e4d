// One shape per state, legible at 10 px without colour, drawn the same on canvas and in the DOM; a 12-unit square each.

export type GlyphName =
  | 'fenced'
  | 'down'
  | 'forced'
  | 'disabled'
  | 'asleep'
  | 'unknown'
  | 'error'
  | 'arrow'
  | 'rebuild'
  | 'plus'
  | 'check'
  | 'warn'
  | 'diamond'
  | 'clock'
  | 'dot'
  | 'branch'
  | 'up'
  | 'pause'
  | 'suspend'
  | 'fault'
  | 'command';

/** `knock`: stroked in the colour of the surface, to cut into the fill before it. */
export type GlyphPart = { readonly d: string; readonly as: 'fill' | 'stroke' | 'knock'; readonly width?: number };

const ring = (r: number): string => `M${6 - r} 6A${r} ${r} 0 1 0 ${6 + r} 6A${r} ${r} 0 1 0 ${6 - r} 6Z`;

export const GLYPHS: Readonly<Record<GlyphName, readonly GlyphPart[]>> = {
  fenced: [
    { d: 'M2 0H10Q12 0 12 2V10Q12 12 10 12H2Q0 12 0 10V2Q0 0 2 0Z', as: 'fill' },
    { d: 'M3.4 3.4L8.6 8.6M8.6 3.4L3.4 8.6', as: 'knock', width: 1.8 },
  ],
  down: [{ d: 'M0 1.4H12L6 11.4Z', as: 'fill' }],
  forced: [
    { d: 'M0 .9H12', as: 'stroke', width: 1.8 },
    { d: 'M0 3.4H12L6 12Z', as: 'fill' },
  ],
  disabled: [
    { d: ring(5), as: 'stroke', width: 1.6 },
    { d: 'M2.6 9.4L9.4 2.6', as: 'stroke', width: 1.6 },
  ],
  asleep: [{ d: 'M7.4 1A5.4 5.4 0 1 0 11.4 8.2A4.6 4.6 0 0 1 7.4 1Z', as: 'fill' }],
  unknown: [{ d: 'M3.6 4A2.5 2.5 0 1 1 7 6.2Q6 6.7 6 7.8M6 10.4V10.5', as: 'stroke', width: 1.8 }],
  error: [{ d: 'M2.2 2.2L9.8 9.8M9.8 2.2L2.2 9.8', as: 'stroke', width: 2.4 }],
  arrow: [{ d: 'M1 6H10.2M6.6 2.2L10.6 6L6.6 9.8', as: 'stroke', width: 2 }],
  rebuild: [{ d: 'M9.8 3.6A4.6 4.6 0 1 0 10.6 7M10.6 1V4.3H7.2', as: 'stroke', width: 1.7 }],
  plus: [{ d: 'M6 2V10M2 6H10', as: 'stroke', width: 2 }],
  check: [{ d: 'M1.4 6.6L4.8 9.6L10.6 2.6', as: 'stroke', width: 2 }],
  warn: [
    { d: 'M6 .7L11.8 11H.2Z', as: 'fill' },
    { d: 'M6 4.4V7.4M6 9.2V9.4', as: 'knock', width: 1.5 },
  ],
  diamond: [
    { d: 'M6 0L12 6L6 12L0 6Z', as: 'fill' },
    { d: 'M4.4 4.4L7.6 7.6M7.6 4.4L4.4 7.6', as: 'knock', width: 1.5 },
  ],
  clock: [
    { d: ring(5), as: 'stroke', width: 1.5 },
    { d: 'M6 3.1V6L8.2 7.4', as: 'stroke', width: 1.5 },
  ],
  dot: [{ d: ring(3.1), as: 'fill' }],
  branch: [
    { d: 'M3 1.2V10.8M3 8.4C3 5.4 9.4 7.2 9.4 3.6', as: 'stroke', width: 1.5 },
    { d: 'M7.8 2.4A1.6 1.6 0 1 0 11 2.4A1.6 1.6 0 1 0 7.8 2.4Z', as: 'fill' },
  ],
  up: [{ d: 'M0 10.6H12L6 .6Z', as: 'fill' }],
  pause: [{ d: 'M4 3V9M8 3V9', as: 'stroke', width: 1.8 }],
  suspend: [
    { d: 'M3 3V9M6.4 3V9', as: 'stroke', width: 1.6 },
    { d: 'M9.3 9.2V9.3', as: 'stroke', width: 2 },
  ],
  fault: [{ d: 'M7 0L1.6 7H5.4L4.6 12L10.4 4.8H6.4Z', as: 'fill' }],
  command: [{ d: 'M1.6 2.6L5.4 6L1.6 9.4M6.6 10H11', as: 'stroke', width: 1.7 }],
};

const SIZE = 12;
const paths = new Map<string, Path2D>();
const pathOf = (d: string): Path2D => {
  const known = paths.get(d) ?? new Path2D(d);
  paths.set(d, known);
  return known;
};

/** Draws a glyph into the square of side `size` whose top left corner is (x, y). */
export const drawGlyph = (
  ctx: CanvasRenderingContext2D,
  name: GlyphName,
  x: number,
  y: number,
  size: number,
  colours: { readonly ink: string; readonly surface: string },
): void => {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size / SIZE, size / SIZE);
  ctx.lineCap = 'round';
  ctx.lineJoin = 'round';
  ctx.setLineDash([]);
  for (const part of GLYPHS[name]) {
    ctx.lineWidth = part.width ?? 1;
    if (part.as === 'fill') {
      ctx.fillStyle = colours.ink;
      ctx.fill(pathOf(part.d));
    } else {
      ctx.strokeStyle = part.as === 'stroke' ? colours.ink : colours.surface;
      ctx.stroke(pathOf(part.d));
    }
  }
  ctx.restore();
};
