// The few strokes every surface is made of.
import type { Palette } from './palette.ts';

export type Rect = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

export const roundRect = (ctx: CanvasRenderingContext2D, r: Rect, radius: number): void => {
  ctx.beginPath();
  ctx.roundRect(r.x, r.y, Math.max(0, r.w), Math.max(0, r.h), radius);
};

export const fillRect = (ctx: CanvasRenderingContext2D, r: Rect, radius: number, colour: string): void => {
  roundRect(ctx, r, radius);
  ctx.fillStyle = colour;
  ctx.fill();
};

export const strokeRect = (
  ctx: CanvasRenderingContext2D,
  r: Rect,
  radius: number,
  colour: string,
  width: number,
  dash: readonly number[] = [],
): void => {
  roundRect(ctx, r, radius);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash([...dash]);
  ctx.stroke();
  ctx.setLineDash([]);
};

export const line = (
  ctx: CanvasRenderingContext2D,
  from: readonly [number, number],
  to: readonly [number, number],
  colour: string,
  width: number,
  dash: readonly number[] = [],
): void => {
  ctx.beginPath();
  ctx.moveTo(from[0], from[1]);
  ctx.lineTo(to[0], to[1]);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash([...dash]);
  ctx.stroke();
  ctx.setLineDash([]);
};

export type TextStyle = {
  readonly colour: string;
  readonly size?: number;
  readonly weight?: number;
  readonly align?: CanvasTextAlign;
};

const SMALLEST_TYPE = 11;

export const setFont = (ctx: CanvasRenderingContext2D, palette: Palette, size = SMALLEST_TYPE, weight = 400): void => {
  ctx.font = `${weight} ${size}px ${palette.sans}`;
  ctx.fontVariantCaps = 'normal';
};

/** Writes text on a baseline; returns its width. */
export const write = (
  ctx: CanvasRenderingContext2D,
  palette: Palette,
  text: string,
  x: number,
  y: number,
  style: TextStyle,
): number => {
  setFont(ctx, palette, style.size, style.weight);
  ctx.textAlign = style.align ?? 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.fillStyle = style.colour;
  ctx.fillText(text, x, y);
  return ctx.measureText(text).width;
};

/** The text, or its start and an ellipsis where it does not fit `width`. The font must be set. */
export const fitText = (ctx: CanvasRenderingContext2D, text: string, width: number): string => {
  if (ctx.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 0 && ctx.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return end > 0 ? `${text.slice(0, end)}…` : '';
};

/** Diagonal lines inside a rounded rectangle. */
export const hatch = (
  ctx: CanvasRenderingContext2D,
  r: Rect,
  radius: number,
  style: { readonly colour: string; readonly alpha: number; readonly pitch: number; readonly width: number },
): void => {
  ctx.save();
  roundRect(ctx, r, radius);
  ctx.clip();
  ctx.globalAlpha = style.alpha;
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = style.width;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let x = r.x - r.h; x < r.x + r.w; x += style.pitch) {
    ctx.moveTo(x, r.y + r.h);
    ctx.lineTo(x + r.h, r.y);
  }
  ctx.stroke();
  ctx.restore();
};
