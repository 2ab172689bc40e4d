// Recovery lanes: one row a VM, its clocks in a row from the fault on; pure.
import type { Outcome, VmOutcome } from '../../domain/drill/outcome.ts';

export type LanePart = {
  readonly kind: 'detection' | 'fencing' | 'queue' | 'scheduling' | 'spawn';
  readonly from: number;
  readonly to: number;
};
export type RecoveryLane = {
  readonly vm: VmOutcome;
  readonly y: number;
  readonly h: number;
  readonly parts: readonly LanePart[];
  /** ms. */ readonly end: number;
};
export type LanesLayout = {
  readonly lanes: readonly RecoveryLane[];
  readonly left: number;
  readonly x: (ms: number) => number;
  readonly spanMs: number;
  readonly head: number;
  readonly foot: number;
  readonly height: number;
};

const HEAD = 26;
const FOOT = 34;
const ROW_MIN = 16;
const ROW_MAX = 26;
const RIGHT = 92; // room for the time or the reason beside a bar's end
const LEAST_SPAN_MS = 60_000;

const ORDER: readonly Outcome[] = ['recovered', 'rebuilt', 'restarted', 'unreachable', 'stranded', 'error', 'lost'];

/** By outcome, then by when it was back, then by name. */
export const byRecovery = (a: VmOutcome, b: VmOutcome): number =>
  ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) ||
  (a.downMs ?? Infinity) - (b.downMs ?? Infinity) ||
  a.name.localeCompare(b.name, 'en', { numeric: true });

const HOST_PARTS: ReadonlySet<LanePart['kind']> = new Set(['detection', 'fencing']);

const partsOf = (vm: VmOutcome): readonly LanePart[] => {
  if (vm.clocks === null) return [];
  const c = vm.clocks;
  let at = 0;
  return (
    [
      ['detection', c.detectionMs],
      ['fencing', c.fencingMs],
      ['queue', c.queueMs],
      ['scheduling', c.schedulingMs],
      ['spawn', c.spawnMs],
    ] as const
  ).flatMap(([kind, ms]) => {
    const from = at;
    at += ms;
    return ms > 0 ? [{ kind, from, to: at }] : [];
  });
};

export const layoutLanes = (
  vms: readonly VmOutcome[],
  box: { readonly width: number; readonly height: number },
): LanesLayout => {
  const sorted = vms.toSorted(byRecovery);
  const rowH = Math.max(
    ROW_MIN,
    Math.min(ROW_MAX, Math.floor((box.height - HEAD - FOOT) / Math.max(1, sorted.length))),
  );
  const left = box.width < 460 ? 104 : 132;
  // Detection and fencing are the host's: a VM that never came back waited for them as well.
  const ofHost = new Map(
    sorted.flatMap((v) =>
      v.clocks === null ? [] : [[v.source, partsOf(v).filter((part) => HOST_PARTS.has(part.kind))] as const],
    ),
  );
  const all = sorted.map((v) => (v.clocks === null ? (ofHost.get(v.source) ?? []) : partsOf(v)));
  const spanMs = Math.max(
    LEAST_SPAN_MS,
    ...all.map((parts) => parts.at(-1)?.to ?? 0),
    ...sorted.map((v) => v.downMs ?? 0),
  );
  const width = Math.max(40, box.width - left - RIGHT);
  const lanes = sorted.map((vm, i) => {
    const parts = all[i] ?? [];
    return { vm, y: HEAD + i * rowH, h: rowH, parts, end: vm.downMs ?? parts.at(-1)?.to ?? 0 };
  });
  return {
    lanes,
    left,
    x: (ms) => left + (ms / spanMs) * width,
    spanMs,
    head: HEAD,
    foot: FOOT,
    height: Math.max(box.height, HEAD + sorted.length * rowH + FOOT),
  };
};
