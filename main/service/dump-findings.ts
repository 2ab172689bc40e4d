// What dumped flow tables contradict up to an instant, from the timeline's index; free where no table was ever dumped.
import { hasDumps } from '../../domain/cluster/fold/host.ts';
import type { Cluster } from '../../domain/cluster/cluster.ts';
import { dumpAnomaly } from '../../domain/network/dump-findings.ts';
import type { Lint } from '../../domain/network/lint.ts';
import type { AnomalyState } from '../../domain/readout/state.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { FoundInDump, TimelineIndex } from '../work/timeline-index.ts';
import type { Engine } from './engine.ts';

const upTo = (index: TimelineIndex, { at, seq }: Cut): readonly FoundInDump[] =>
  index.dumps.filter((d) => {
    const ms = Date.parse(d.at);
    return ms < at || (ms === at && (seq === null || d.seq <= seq));
  });

/** Dumps up to the cut; none where the cluster never saw one, or where the index cannot be made. */
export const dumpsUpTo = async (
  engine: Engine,
  timeline: Timeline,
  cut: Cut,
  cluster: Cluster,
): Promise<readonly FoundInDump[]> => {
  if (!hasDumps(cluster)) return [];
  const index = await engine.indexes.of(timeline);
  return index.ok ? upTo(index.value, cut) : [];
};

/** As `dumpsUpTo`, for a picture that cannot wait: none until the index is there. */
export const dumpsReady = (engine: Engine, timeline: Timeline, cut: Cut): readonly FoundInDump[] => {
  const index = engine.indexes.ready(timeline);
  return index === null || index.dumps.length === 0 ? [] : upTo(index, cut);
};

const byInstant = (a: AnomalyState, b: AnomalyState): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** The fold's anomalies with those of the dumps. */
export const withDumps = (
  anomalies: readonly AnomalyState[],
  dumps: readonly FoundInDump[],
): readonly AnomalyState[] => {
  const found = dumps.flatMap((d) => dumpAnomaly(d, d.lints) ?? []);
  return found.length === 0 ? anomalies : [...anomalies, ...found].sort(byInstant);
};

/** What the newest dump of each bridge says is wrong now. */
export const newestLints = (dumps: readonly FoundInDump[]): readonly Lint[] =>
  [...new Map(dumps.map((d) => [`${d.host} ${d.bridge}`, d.lints])).values()].flat();
