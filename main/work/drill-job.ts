// A drill from question to answer: state at an instant, faults played, the facts kept on a branch where one is wanted.
import { err, ok } from '../../domain/base/result.ts';
import { assumedFacts } from '../../domain/capacity/assumed-facts.ts';
import { assuming } from '../../domain/capacity/what-if.ts';
import type { DrillReport } from '../../domain/contract/contract.ts';
import { parseScript } from '../../domain/drill/faults/script.ts';
import { runDrill } from '../../domain/drill/play.ts';
import type { Cut } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import { recordedDownTimes } from './down-times.ts';
import { historiesOf } from './histories.ts';
import { keepOnBranch } from './keep-branch.ts';
import type { Rehearsal } from './rehearsal.ts';
import { saveScenario } from './scenario-folder.ts';
import { short } from './short-hash.ts';
import type { Answer, Watcher } from './watcher.ts';

/** Drills from one instant name their migrations alike, so that two of them compare VM by VM. */
const migrationName = ({ timeline }: Rehearsal, cut: Cut): string => short([timeline, cut]);

/** Drills with equal questions are one source, on whatever branch they are kept. */
const sourceName = (cut: Cut, { fail, script, settings, assume }: Rehearsal): string =>
  short([cut, [...fail].sort(), script, settings, assume]);

/** Plays the drill. Nothing is written unless all of it is. */
export const runDrillJob = (log: Log, asked: Rehearsal, watcher: Watcher): Answer<DrillReport> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  if (asked.branch !== null && log.timeline(asked.branch).ok) {
    const sentence = `There is already a timeline named ${asked.branch}. Choose another name for the branch.`;
    return err({ code: 'name_taken', sentence });
  }
  watcher.progress({ done: 0, total: null, says: 'looking at the cluster' });
  const histories = historiesOf(log);
  const now = histories.stateAt(timeline.value, cut.value);
  const assumed = assuming(now, asked.assume);
  if (!assumed.ok) return err({ code: 'bad_drill', sentence: assumed.error });
  const state = assumed.value;
  const { at } = cut.value;
  const script = asked.script === null ? ok([]) : parseScript(asked.script, state, at);
  if (!script.ok) return err({ code: 'bad_drill', sentence: script.error });
  const { fail, settings } = asked;
  const drill = runDrill({ state, at, fail, script: script.value, settings, name: migrationName(asked, cut.value) });
  if (!drill.ok) return err({ code: 'bad_drill', sentence: drill.error });
  const { events, outcome } = drill.value;
  const touched = new Set(outcome.vms.map((vm) => vm.vm));
  const recorded = recordedDownTimes({ log, histories }, timeline.value, cut.value, touched);
  const report: DrillReport = {
    ...outcome,
    recorded,
    branch: asked.branch,
    asked: { fail, script: asked.script, assume: asked.assume },
  };
  if (asked.save !== null) {
    const saved = saveScenario(log, asked, cut.value, report, asked.save);
    if (!saved.ok) return saved;
  }
  if (asked.branch !== null) {
    watcher.progress({ done: 0, total: events.length, says: 'writing the branch' });
    const name = sourceName(cut.value, asked);
    const source = { id: `run:drill:${name}`, name: `drill ${name}`, format: 'drill' };
    const premises = assumedFacts(now, state, at);
    const played = events.map((event) => ({ ...event, line: event.line + premises.length }));
    const place = { parent: timeline.value, cut: cut.value, branch: asked.branch };
    const kept = keepOnBranch(log, place, source, [...premises, ...played]);
    if (!kept.ok) return kept;
  }
  return ok(report);
};
