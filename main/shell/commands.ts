// Every command of the command line, in the order `--help` lists them; a new one is its file and its line here.
import type { AddCommand } from './command-line/command.ts';
import { apply } from './commands/apply.ts';
import { bench } from './commands/bench.ts';
import { availabilityOf } from './commands/availability.ts';
import { blackoutOf } from './commands/blackout.ts';
import { branch } from './commands/branch.ts';
import { check } from './commands/check.ts';
import { consolidate } from './commands/consolidate.ts';
import { desktop } from './commands/desktop.ts';
import { diff } from './commands/diff.ts';
import { drain } from './commands/drain.ts';
import { drill } from './commands/drill.ts';
import { estimate } from './commands/estimate.ts';
import { events } from './commands/events.ts';
import { exportLog } from './commands/export.ts';
import { fit } from './commands/fit.ts';
import { flows } from './commands/flows.ts';
import { generate } from './commands/generate.ts';
import { importFiles } from './commands/import.ts';
import { makeRoom } from './commands/make-room.ts';
import { maintain } from './commands/maintain.ts';
import { messages } from './commands/messages.ts';
import { move } from './commands/move.ts';
import { overlay } from './commands/overlay.ts';
import { pathCostOf } from './commands/path-cost.ts';
import { predictMoves } from './commands/predict.ts';
import { rebalance } from './commands/rebalance.ts';
import { record } from './commands/record.ts';
import { repair } from './commands/repair.ts';
import { replan } from './commands/replan.ts';
import { report } from './commands/report.ts';
import { runway } from './commands/runway.ts';
import { score } from './commands/score.ts';
import { serve } from './commands/serve.ts';
import { state } from './commands/state.ts';
import { timelines } from './commands/timelines.ts';
import { reach, trace } from './commands/trace.ts';
import { traffic } from './commands/traffic.ts';
import { verify } from './commands/verify.ts';
import { why } from './commands/why.ts';

/** The commands after it stand under this heading of `--help`. */
const heading =
  (words: string): AddCommand =>
  (program) =>
    void program.commandsGroup(words);

export const commands: readonly AddCommand[] = [
  heading('What the record holds:'),
  importFiles,
  state,
  events,
  why,
  verify,
  report,
  exportLog,
  heading('What if:'),
  timelines,
  branch,
  record,
  diff,
  drill,
  availabilityOf,
  heading('Moving VMs:'),
  check,
  move,
  predictMoves,
  estimate,
  drain,
  maintain,
  makeRoom,
  repair,
  rebalance,
  apply,
  replan,
  score,
  consolidate,
  heading('Room:'),
  fit,
  runway,
  heading('The overlay and its packets:'),
  overlay,
  flows,
  trace,
  reach,
  messages,
  blackoutOf,
  pathCostOf,
  traffic,
  heading('The window, and logs to practise on:'),
  serve,
  desktop,
  generate,
  bench,
];
