// What the timeline shows and where: overview, density, marks and branch lanes, in CSS px; pure.
import type { TimelineInfo } from '../../domain/contract/contract.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';
import { familyOf } from '../../domain/contract/branches.ts';
import type { Range } from '../session/desk.ts';
import { timeScale, type TimeScale } from './time-scale.ts';

export type Lane = { readonly timeline: TimelineInfo; readonly y: number; readonly marks: readonly Mark[] };
export type MarkBox = {
  readonly mark: Mark;
  readonly timeline: string;
  readonly x: number;
  readonly y: number;
  readonly more: number;
};
export type TimelineLayout = {
  readonly left: number;
  readonly width: number;
  readonly scale: TimeScale;
  readonly overview: { readonly y: number; readonly h: number; readonly scale: TimeScale; readonly whole: Range };
  readonly axisY: number;
  readonly bars: { readonly y: number; readonly h: number };
  readonly lanes: readonly Lane[];
  readonly marks: readonly MarkBox[];
  /** Branches that found no lane. */
  readonly unseen: number;
  readonly bottom: number;
};

export type TimelineInput = {
  readonly width: number;
  readonly height: number;
  readonly range: Range;
  readonly whole: Range;
  /** In the order of their lanes. */
  readonly timelines: readonly TimelineInfo[];
  readonly marks: Readonly<Record<string, readonly Mark[]>>;
};

const RIGHT = 14;
const NARROW = 900;
const LANE_H = 24;
const OVERVIEW_H = 9;
const MARK_APART = 17; // px between centres, so that circles of radius 8 touch and never cover

/** The record first, then the branch the window is on, then the youngest branches of that record. */
export const laneOrder = (timelines: readonly TimelineInfo[], current: string): readonly TimelineInfo[] => {
  const [record, ...branches] = familyOf(current, timelines);
  if (record === undefined) return [];
  return [
    record,
    ...branches.filter((t) => t.name === current),
    ...branches.filter((t) => t.name !== current).toReversed(),
  ];
};

/** Marks closer than their circles are one, with a count; the gravest stands for them. */
const gathered = (lane: Lane, scale: TimeScale, range: Range): readonly MarkBox[] => {
  const boxes: MarkBox[] = [];
  for (const mark of [...lane.marks].sort((a, b) => a.at - b.at)) {
    if (mark.at < range.from || mark.at > range.to) continue;
    const last = boxes.at(-1);
    const x = scale.x(mark.at);
    if (last !== undefined && x - last.x < MARK_APART) {
      const graver = gravity(mark) > gravity(last.mark);
      boxes[boxes.length - 1] = { ...last, mark: graver ? mark : last.mark, more: last.more + 1 };
    } else boxes.push({ mark, timeline: lane.timeline.name, x, y: lane.y, more: 0 });
  }
  return boxes;
};

const GRAVITY: readonly Mark['kind'][] = [
  'note',
  'migration',
  'drain',
  'host-up',
  'anomaly',
  'evacuation',
  'error',
  'fault',
  'fenced',
  'host-down',
];
const gravity = (mark: Mark): number => GRAVITY.indexOf(mark.kind);

export const layoutTimeline = (input: TimelineInput): TimelineLayout => {
  const narrow = input.width < NARROW;
  const left = narrow ? 62 : 104;
  const width = Math.max(10, input.width - left - RIGHT);
  const scale = timeScale(input.range, left, width);
  const axisY = 32;
  const ordered = input.timelines;
  const barsTop = axisY + 8;
  const room = input.height - barsTop - 30;
  const laneCount = Math.max(1, Math.min(ordered.length, Math.max(2, Math.floor((room - 20) / LANE_H)), 4));
  const laneH = input.height < 120 ? 20 : LANE_H;
  const barsH = Math.max(14, input.height - barsTop - laneCount * laneH - 14);
  const lanes = ordered.slice(0, laneCount).map((timeline, i) => ({
    timeline,
    y: barsTop + barsH + 18 + i * laneH,
    marks: input.marks[timeline.name] ?? [],
  }));
  return {
    left,
    width,
    scale,
    overview: { y: 6, h: OVERVIEW_H, scale: timeScale(input.whole, left, width), whole: input.whole },
    axisY,
    bars: { y: barsTop, h: barsH },
    lanes,
    marks: lanes.flatMap((lane) => gathered(lane, scale, input.range)),
    unseen: ordered.length - laneCount,
    bottom: input.height,
  };
};

/** The mark nearest to a point, no farther than its circle and a little more. */
export const markAt = (layout: TimelineLayout, x: number, y: number): MarkBox | null =>
  layout.marks.find((m) => Math.hypot(m.x - x, m.y - y) <= 11) ?? null;
