// A chart in a box: made again when colours change, resized with its box, never drawn per frame.
import { useEffect, useRef } from 'preact/hooks';
import { useBox, usePalette } from '../surfaces/canvas.tsx';
import type { Palette } from '../surfaces/palette.ts';
import { useDesk } from '../session/desk.ts';
import { chartIn } from './echarts.ts';

type Props = { readonly label: string; readonly height: number; readonly option: (palette: Palette) => object };

export const Chart = ({ label, height, option }: Props) => {
  const { idle } = useDesk();
  const ref = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof chartIn> | null>(null);
  const box = useBox(ref);
  const palette = usePalette();
  useEffect(() => {
    const element = ref.current;
    if (element === null || box.width === 0) return undefined;
    chart.current = chartIn(element, palette);
    return () => {
      chart.current?.dispose();
      chart.current = null;
    };
  }, [box, palette]);
  useEffect(() => {
    const made = chart.current;
    if (made === null) return undefined;
    const drawn = idle.begin('chart');
    made.on('finished', drawn);
    made.setOption({
      animation: false,
      useUTC: true,
      aria: { enabled: true, label: { description: label } },
      ...option(palette),
    });
    return () => {
      drawn();
      if (!made.isDisposed()) made.off('finished', drawn);
    };
  }, [box, palette, option, label, idle]);
  return <div ref={ref} class="chart" style={{ height: `${height}px` }} role="img" aria-label={label} />;
};
