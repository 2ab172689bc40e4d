// The timeline in the dock: scrub by pointer and keys, zoom, marks, branch lanes and the overview strip.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TimelineInfo } from '../../domain/contract/contract.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';
import { useDesk, type Range } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { moment } from '../../domain/readout/words.ts';
import { Canvas, useBox, usePalette, type Paint } from './canvas.tsx';
import { laneOrder, layoutTimeline, markAt } from './timeline-layout.ts';
import { paintTimeline } from './timeline-paint.ts';
import { zoom } from './time-scale.ts';
import { Tooltip, type Tip } from './tooltip.tsx';

const BAR_PX = 5;
const OVERVIEW_BUCKETS = 240;
const KEY_STEP = 1 / 200; // of the visible stretch, per arrow key
const KEY_LEAP = 1 / 10;
const ZOOM_STEP = 1.25;

type Drag = 'cursor' | 'overview';

/** Marks of every lane that is shown beside the current one. */
const useLaneMarks = (names: readonly string[]): Readonly<Record<string, readonly Mark[]>> => {
  const { client, epoch } = useDesk();
  const [marks, setMarks] = useState<Readonly<Record<string, readonly Mark[]>>>({});
  const key = names.join('\n');
  const age = epoch.value;
  useEffect(() => {
    let current = true;
    void Promise.all(
      names.map(async (timeline) => {
        const answer = await client.call('view.marks', { timeline });
        return [timeline, answer.ok ? answer.value : []] as const;
      }),
    ).then((all) => {
      if (current) setMarks(Object.fromEntries(all));
    });
    return () => {
      current = false;
    };
  }, [client, key, age]);
  return marks;
};

const LANES_ASKED = 4;
const NO_TIMELINES: readonly TimelineInfo[] = [];

/** A branch shows its own marks; its parent's are on the parent's lane already. */
const ownMarks = (
  all: Readonly<Record<string, readonly Mark[]>>,
  timelines: readonly TimelineInfo[],
): Readonly<Record<string, readonly Mark[]>> =>
  Object.fromEntries(
    Object.entries(all).map(([name, marks]) => {
      const info = timelines.find((t) => t.name === name);
      const fork = info?.forkedAt ?? null;
      if (fork === null) return [name, marks];
      const parents = new Set((all[info?.parent ?? ''] ?? []).map((m) => `${m.seq}/${m.at}`));
      return [name, marks.filter((m) => m.at >= fork.at && !parents.has(`${m.seq}/${m.at}`))];
    }),
  );

export const Timeline = () => {
  const desk = useDesk();
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const [hoverX, setHoverX] = useState<number | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [focused, setFocused] = useState(false);
  const drag = useRef<Drag | null>(null);
  const range = desk.range.value;
  const cursor = desk.player.at.value;
  const info = desk.timelineInfo.value;
  const timeline = desk.timeline.value;
  const timelines = desk.log.value?.timelines ?? NO_TIMELINES;
  const shown = useMemo(() => laneOrder(timelines, timeline), [timelines, timeline]);
  const laneMarks = useLaneMarks(shown.slice(0, LANES_ASKED).map((t) => t.name));
  const marks = useMemo(() => ownMarks(laneMarks, timelines), [laneMarks, timelines]);
  const whole: Range = useMemo(() => {
    const from = Math.min(...shown.map((t) => t.from ?? Infinity), info?.from ?? range.from);
    const to = Math.max(from + 60_000, ...shown.map((t) => t.to ?? -Infinity));
    const pad = (to - from) * 0.005;
    return { from: from - pad, to: to + pad };
  }, [info, shown, range.from]);

  const layout = useMemo(
    () =>
      layoutTimeline({
        width: box.width,
        height: box.height,
        range,
        whole,
        timelines: shown,
        marks,
      }),
    [box, range, whole, shown, marks],
  );
  const buckets = Math.max(1, Math.floor(layout.width / BAR_PX));
  const ready = box.width > 0 && desk.log.value !== null;
  // Asked on a grid of whole buckets, so that panning by a pixel does not make every bar dance.
  const bucketMs = Math.max(1, Math.round((range.to - range.from) / buckets));
  const snapped = Math.floor(range.from / bucketMs) * bucketMs;
  const density = useLatest(
    'view.density',
    ready ? { timeline, from: snapped, to: snapped + (buckets + 1) * bucketMs, buckets: buckets + 1 } : null,
  );
  const overview = useLatest(
    'view.density',
    ready ? { timeline, from: Math.floor(whole.from), to: Math.ceil(whole.to), buckets: OVERVIEW_BUCKETS } : null,
    timeline,
  );
  const paint = useCallback<Paint>(
    (ctx) =>
      paintTimeline(ctx, palette, layout, {
        cursor: cursor.at,
        range,
        current: timeline,
        density: density.value,
        overview: overview.value,
        focused,
        hoverX,
      }),
    [palette, layout, cursor.at, range, timeline, density.value, overview.value, focused, hoverX],
  );

  const at = (e: PointerEvent | WheelEvent): { x: number; y: number } => {
    const rect = ref.current?.getBoundingClientRect();
    return { x: e.clientX - (rect?.left ?? 0), y: e.clientY - (rect?.top ?? 0) };
  };
  const limit = (ms: number): number => Math.round(Math.max(info?.from ?? ms, Math.min(info?.to ?? ms, ms)));
  const moveTo = (p: { x: number; y: number }): void => {
    if (drag.current === 'cursor') desk.player.hold({ at: limit(layout.scale.at(p.x)), seq: null });
    if (drag.current === 'overview') {
      const half = (range.to - range.from) / 2;
      const middle = layout.overview.scale.at(p.x);
      desk.range.value = { from: middle - half, to: middle + half };
    }
  };
  const press = (e: PointerEvent): void => {
    if (e.button !== 0) return;
    const p = at(e);
    const mark = markAt(layout, p.x, p.y);
    if (mark !== null) {
      desk.switchTo(mark.timeline);
      desk.player.hold({ at: mark.mark.at, seq: mark.mark.seq });
      return;
    }
    const lane = layout.lanes.find((l) => Math.abs(l.y - p.y) < 11);
    if (p.x < layout.left && lane !== undefined) return desk.switchTo(lane.timeline.name);
    drag.current = p.y < layout.overview.y + layout.overview.h + 4 ? 'overview' : 'cursor';
    ref.current?.setPointerCapture(e.pointerId);
    moveTo(p);
  };
  const hover = (e: PointerEvent): void => {
    const p = at(e);
    if (drag.current !== null) return moveTo(p);
    const mark = markAt(layout, p.x, p.y);
    setHoverX(p.x > layout.left && p.x < layout.left + layout.width && p.y > layout.axisY ? p.x : null);
    if (mark === null) return setTip(null);
    const rows: Tip['rows'] = [
      ['at', moment(mark.mark.at)],
      ['seq', String(mark.mark.seq)],
      ...(mark.more > 0 ? [['close by', `${mark.more} more marks, zoom in`] as const] : []),
    ];
    setTip({ x: mark.x, y: Math.max(0, mark.y - 90), title: mark.mark.label, rows });
  };
  const wheel = (e: WheelEvent): void => {
    e.preventDefault();
    const span = range.to - range.from;
    const sideways = e.shiftKey ? e.deltaY : e.deltaX;
    if (Math.abs(sideways) > Math.abs(e.shiftKey ? 0 : e.deltaY)) {
      const shift = (sideways / layout.width) * span;
      desk.range.value = { from: range.from + shift, to: range.to + shift };
    } else desk.range.value = zoom(range, e.deltaY > 0 ? ZOOM_STEP : 1 / ZOOM_STEP, layout.scale.at(at(e).x));
  };
  const key = (e: KeyboardEvent): void => {
    const span = range.to - range.from;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -KEY_STEP,
      ArrowRight: KEY_STEP,
      PageDown: -KEY_LEAP,
      PageUp: KEY_LEAP,
    };
    const by = steps[e.key];
    if (by === undefined || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    e.stopPropagation();
    desk.goTo({ at: limit(cursor.at + by * span), seq: null });
  };

  return (
    <div
      ref={ref}
      class="surface timeline"
      tabIndex={0}
      role="slider"
      aria-label="Instant"
      aria-valuemin={info?.from ?? 0}
      aria-valuemax={info?.to ?? 0}
      aria-valuenow={cursor.at}
      aria-valuetext={moment(cursor.at)}
      onPointerDown={press}
      onPointerMove={hover}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
      onPointerLeave={() => {
        setHoverX(null);
        setTip(null);
      }}
      onWheel={wheel}
      onKeyDown={key}
      onFocus={() => setFocused(ref.current?.matches(':focus-visible') ?? false)}
      onBlur={() => setFocused(false)}
      data-surface="timeline"
    >
      <Canvas box={box} paint={paint} />
      <ul class="mirror" aria-label="Incident marks in view">
        {layout.marks.map((m) => (
          <li
            key={`${m.timeline}/${m.mark.seq}/${m.mark.at}`}
            data-mark={m.mark.kind}
            data-x={Math.round(m.x)}
            data-y={Math.round(m.y)}
          >
            {moment(m.mark.at)} {m.mark.label}
          </li>
        ))}
      </ul>
      {tip !== null && <Tooltip tip={tip} box={box} />}
    </div>
  );
};
