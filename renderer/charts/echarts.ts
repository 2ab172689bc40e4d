// The parts of ECharts the window uses, and its theme made from the tokens.
import { LineChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, registerTheme, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';
import type { Palette } from '../surfaces/palette.ts';

use([
  LineChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  MarkLineComponent,
  AriaComponent,
  LabelLayout,
  CanvasRenderer,
]);

const THEME = 'understudy';

const axis = (p: Palette): object => ({
  axisLine: { lineStyle: { color: p['line-strong'] } },
  axisTick: { show: false },
  axisLabel: { color: p['ink-3'], fontSize: 11 },
  splitLine: { lineStyle: { color: p.line, width: 1 } },
});

const theme = (p: Palette): object => ({
  backgroundColor: 'transparent',
  textStyle: { fontFamily: p.sans, fontSize: 11, color: p['ink-2'] },
  valueAxis: axis(p),
  line: { symbol: 'none', lineStyle: { width: 1.4 } },
  tooltip: {
    backgroundColor: p.surface,
    borderColor: p.line,
    textStyle: { color: p.ink, fontSize: 12 },
    axisPointer: { lineStyle: { color: p['line-strong'] } },
  },
});

/** A chart in `element` in the colours of `palette`; a later palette needs a new chart. */
export const chartIn = (element: HTMLElement, palette: Palette): ReturnType<typeof init> => {
  registerTheme(THEME, theme(palette));
  return init(element, THEME, { renderer: 'canvas' });
};
