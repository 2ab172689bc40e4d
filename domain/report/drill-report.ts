// A drill to hand over: what failed, what became of every VM and when, and the clocks behind it.
import type { DrillOutcome, DrillSettings, VmOutcome } from '../drill/outcome.ts';
import { duration, plural } from '../readout/words.ts';
import { type Document, list, type Provenance, section, table, text } from './document.ts';

const span = (ms: number | null): string | null => (ms === null ? null : duration(ms));

const clockRows = (s: DrillSettings): readonly (readonly [string, string])[] => [
  ['report_interval', `${s.reportIntervalS} s`],
  ['service_down_time', `${s.serviceDownTimeS} s`],
  ['the service is forced down at once', s.forceDown ? 'yes' : 'no'],
  ['monitor of the recovery tool', s.monitorS === null ? 'none' : `${s.monitorS} s`],
  ['fencing', s.fence ? `${s.fencingS} s` : 'nobody fences'],
  ['wait after fencing', `${s.waitAfterFencingS} s`],
  ['evacuations at once', String(s.threads)],
  ['scheduling a VM', `${s.scheduleS} s`],
  ['spawning a VM whose disk is there', `${s.spawnS} s`],
  ['fetching an image', `${s.imageFetchSPerGiB} s a GiB`],
  ['seed', s.seed],
];

const byDownTime = (a: VmOutcome, b: VmOutcome): number =>
  (b.downMs ?? Infinity) - (a.downMs ?? Infinity) || (a.name < b.name ? -1 : 1);

/** VMs that do not come back first, then by down time, longest first. */
export const drillReport = ({ vms, summary, settings, warnings }: DrillOutcome, provenance: Provenance): Document => ({
  title: `Drill: ${summary.failed.join(', ')} at ${summary.at}`,
  verdict: summary.verdict,
  provenance,
  sections: [
    ...section('Recovery time', [
      summary.downMsMedian === null || summary.downMsMax === null
        ? null
        : text(
            `Half of the VMs that come back are down no longer than ${duration(summary.downMsMedian)}, the last one ${duration(summary.downMsMax)}.`,
          ),
      summary.doubledAllocations === 0
        ? null
        : text(
            `${plural(summary.doubledAllocations, 'VM')} stay charged on the failed host as well until it returns and cleans up.`,
          ),
      warnings.length === 0 ? null : list(warnings),
    ]),
    ...section('Every VM', [
      table(vms.toSorted(byDownTime), [
        { head: 'VM', cell: (v) => v.name },
        { head: 'outcome', cell: (v) => v.outcome },
        { head: 'from', cell: (v) => v.source },
        { head: 'to', cell: (v) => v.dest },
        { head: 'down', right: true, cell: (v) => span(v.downMs) },
        { head: 'detected', right: true, cell: (v) => span(v.clocks?.detectionMs ?? null) },
        { head: 'fenced', right: true, cell: (v) => span(v.clocks?.fencingMs ?? null) },
        { head: 'queued', right: true, cell: (v) => span(v.clocks?.queueMs ?? null) },
        { head: 'spawned', right: true, cell: (v) => span(v.clocks?.spawnMs ?? null) },
        { head: 'data', cell: (v) => (v.dataLost ? 'lost' : 'kept') },
        { head: 'cause', cell: (v) => v.cause },
      ]),
    ]),
    ...section('Clocks', [
      table(clockRows(settings), [
        { head: 'setting', cell: ([name]) => name },
        { head: 'value', right: true, cell: ([, value]) => value },
      ]),
    ]),
  ],
});
