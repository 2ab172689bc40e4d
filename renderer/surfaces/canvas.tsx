// A canvas that fits its box at device pixels and is painted at most once a frame.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import { useDesk } from '../session/desk.ts';
import { readPalette, type Palette } from './palette.ts';

export type Box = { readonly width: number; readonly height: number };

/** The size of an element in CSS px, 0 × 0 until it is laid out. */
export const useBox = (ref: RefObject<HTMLElement | null>): Box => {
  const { idle } = useDesk();
  const [box, setBox] = useState<Box>({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measured = idle.begin('first size'); // a first size always comes
    const observer = new ResizeObserver(([entry]) => {
      const rect = entry?.contentRect;
      if (rect !== undefined) setBox({ width: Math.floor(rect.width), height: Math.floor(rect.height) });
      measured();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      measured();
    };
  }, [ref, idle]);
  return box;
};

/** The colours in force; a new value after every change of theme. */
export const usePalette = (): Palette => {
  const { preferences } = useDesk();
  const age = preferences.paletteAge.value;
  const kept = useRef<{ age: number; palette: Palette } | null>(null);
  if (kept.current === null || kept.current.age !== age) kept.current = { age, palette: readPalette() };
  return kept.current.palette;
};

/** Device pixels per CSS px; changes when the window moves to another screen or is zoomed. */
const useRatio = (): number => {
  const [ratio, setRatio] = useState(window.devicePixelRatio);
  useEffect(() => {
    const query = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const changed = (): void => setRatio(window.devicePixelRatio);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [ratio]);
  return ratio;
};

export type Paint = (ctx: CanvasRenderingContext2D, box: Box) => void;

/** Paints in the next frame whenever it is rendered with another `paint`. */
export const Canvas = ({ box, paint }: { readonly box: Box; readonly paint: Paint }) => {
  const { frames } = useDesk();
  const ref = useRef<HTMLCanvasElement>(null);
  const ratio = useRatio();
  useEffect(() => {
    const canvas = ref.current;
    const ctx = canvas?.getContext('2d') ?? null;
    if (canvas === null || ctx === null || box.width === 0) return;
    frames.next(canvas, () => {
      const width = Math.round(box.width * ratio);
      const height = Math.round(box.height * ratio);
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, box.width, box.height);
      paint(ctx, box);
    });
  }, [frames, box, paint, ratio]);
  return <canvas ref={ref} style={{ width: `${box.width}px`, height: `${box.height}px` }} aria-hidden="true" />;
};
