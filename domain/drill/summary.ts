// The drill's answer in figures and one sentence.
import type { Instant } from '../base/brand.ts';
import { isoInstant } from '../base/time.ts';
import type { DrillSummary, Outcome, VmOutcome } from './outcome.ts';

const median = (sorted: readonly number[]): number | null => {
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Names that a sentence bears; one more is spelled out rather than counted. */
const NAMED = 4;

const verdict = (vms: readonly VmOutcome[], failed: readonly string[], tally: (o: Outcome) => number): string => {
  const more = failed.length - NAMED;
  const hosts = more > 1 ? `${failed.slice(0, NAMED).join(', ')} and ${more} more` : failed.join(', ');
  if (vms.length === 0) return `No VM is hit by the failure of ${hosts}: nothing is lost.`;
  const bad: string[] = [];
  if (tally('rebuilt') > 0) bad.push(`${count(tally('rebuilt'), 'is rebuilt', 'are rebuilt')} with data loss`);
  if (tally('restarted') > 0) bad.push(count(tally('restarted'), 'restarts where it was', 'restart where they were'));
  if (tally('unreachable') > 0)
    bad.push(
      `${count(tally('unreachable'), 'runs on', 'run on')} and ${tally('unreachable') === 1 ? 'is' : 'are'} not reached`,
    );
  if (tally('stranded') > 0) bad.push(count(tally('stranded'), 'is stranded', 'are stranded'));
  if (tally('lost') > 0) bad.push(count(tally('lost'), 'is lost', 'are lost'));
  if (tally('error') > 0) bad.push(`${count(tally('error'), 'ends', 'end')} in ERROR`);
  const back = `${tally('recovered')} of ${count(vms.length, 'VM', 'VMs')} of ${hosts} recovered with ${tally('recovered') === 1 ? 'its disk' : 'their disks'}`;
  return bad.length === 0 ? `${back}.` : `${back}; ${bad.join(', ')}.`;
};

export const summarise = (
  vms: readonly VmOutcome[],
  failed: readonly string[],
  { at, events, doubled }: { readonly at: Instant; readonly events: number; readonly doubled: number },
): DrillSummary => {
  const tally = (outcome: Outcome): number => vms.filter((vm) => vm.outcome === outcome).length;
  const down = vms.flatMap((vm) => (vm.downMs === null ? [] : [vm.downMs])).sort((a, b) => a - b);
  return {
    failed,
    at: isoInstant(at),
    recovered: tally('recovered'),
    rebuilt: tally('rebuilt'),
    restarted: tally('restarted'),
    unreachable: tally('unreachable'),
    stranded: tally('stranded'),
    lost: tally('lost'),
    error: tally('error'),
    downMsMedian: median(down),
    downMsMax: down.at(-1) ?? null,
    doubledAllocations: doubled,
    events,
    verdict: verdict(vms, failed, tally),
  };
};
