// Reports to hand over, gathered from what the other calls answer.
import { ok } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import { causeChain } from '../../domain/readout/cause.ts';
import type { CauseChain } from '../../domain/readout/picture-types.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { storyEntities } from '../../domain/readout/story.ts';
import { clusterReport } from '../../domain/report/cluster-report.ts';
import { sweepInShares } from '../work/sweep-shares.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';
import { eventsAbout } from './history-calls.ts';
import { logInfo } from './timeline-info.ts';

type ReportCalls = Pick<Handlers, 'report.cluster'>;

/** Chains told in full: each reads the events of its VM and hosts. */
const MOST_CAUSES = 60;

/** VMs that serve nobody: those in ERROR first, then those on a host that is down, then the stopped ones. */
const troubled = ({ vms, hosts }: ClusterState): readonly string[] => {
  const down = new Set(hosts.filter((h) => h.up === false || h.forcedDown).map((h) => h.name));
  const rank = (v: ClusterState['vms'][number]): number =>
    v.status === 'ERROR' ? 0 : v.host !== null && down.has(v.host) ? 1 : v.status === 'SHUTOFF' ? 2 : 3;
  return vms
    .map((v) => ({ id: v.id, rank: rank(v) }))
    .filter((v) => v.rank < 3)
    .toSorted((a, b) => a.rank - b.rank)
    .map((v) => `vm:${v.id}`);
};

export const reportCalls = (engine: Engine): ReportCalls => ({
  'report.cluster': async (asked, watcher) => {
    const place = placeOf(engine, asked);
    if (!place.ok) return place;
    const { timeline, cut } = place.value;
    const index = await engine.indexes.of(timeline);
    if (!index.ok) return index;
    const at: At = { at: cut.at, seq: cut.seq };
    const order = { timeline: asked.timeline, at, kind: '1', assume: null, budget: null } as const;
    const sweep = await sweepInShares(engine.runJob, engine.log.path, order, watcher);
    if (!sweep.ok) return sweep;
    const { histories, log } = engine;
    const state = histories.stateAt(timeline, cut);
    const { cluster } = histories.seek(timeline, cut);
    const entities = troubled(state);
    const causes = entities.slice(0, MOST_CAUSES).flatMap((entity): readonly CauseChain[] => {
      const about = storyEntities(cluster, entity);
      const chain = causeChain(
        cluster,
        entity,
        eventsAbout(log, timeline, index.value, about, { from: -Infinity, upTo: at }),
      );
      return chain === null ? [] : [chain];
    });
    return ok(
      clusterReport({
        state,
        marks: index.value.marks,
        causes,
        causesLeftOut: Math.max(0, entities.length - MOST_CAUSES),
        sweep: sweep.value,
        log: logInfo(engine).name,
      }),
    );
  },
});
