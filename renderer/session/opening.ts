// Where the window opens: at the instant the address names, else where the log's gravest incident is under way.
import type { At, TimelineInfo } from '../../domain/contract/contract.ts';
import type { Mark } from '../../domain/readout/picture-types.ts';

export type OpeningView = { readonly at: At | null; readonly range: { readonly from: number; readonly to: number } };

const HALF_WINDOW_MS = 16 * 60_000; // half an hour shows an incident from its first sign to its last recovery
const AFTERMATH_MS = 30 * 60_000; // how long after a host's end its evacuations still belong to it
const INTO_IT_MS = 30_000; // far enough into an evacuation for its first VMs to be on their way
const LEAST_MS = 60_000;

const around = (ms: number): OpeningView['range'] => ({ from: ms - HALF_WINDOW_MS, to: ms + HALF_WINDOW_MS });

/** The last host failure; a little into the evacuation it led to, if there is one. */
const incident = (marks: readonly Mark[]): At | null => {
  const down = marks.findLast((m) => m.kind === 'host-down' || m.kind === 'fenced');
  if (down === undefined) return null;
  const evacuated = marks.find((m) => m.kind === 'evacuation' && m.at >= down.at && m.at - down.at < AFTERMATH_MS);
  return evacuated === undefined ? { at: down.at, seq: down.seq } : { at: evacuated.at + INTO_IT_MS, seq: null };
};

export const openingView = (info: TimelineInfo | null, marks: readonly Mark[], named: At | null): OpeningView => {
  if (named !== null) return { at: named, range: around(named.at) };
  const at = incident(marks);
  if (at !== null) {
    const shown = { ...at, at: Math.min(at.at, info?.to ?? at.at) };
    return { at: shown, range: around(shown.at) };
  }
  if (info === null || info.from === null || info.to === null) return { at: null, range: { from: 0, to: LEAST_MS } };
  const pad = Math.max(LEAST_MS, (info.to - info.from) * 0.02);
  return { at: { at: info.to, seq: null }, range: { from: info.from - pad, to: info.to + pad } };
};
