// npm start: opens the demonstration, in Electron or in the browser, and tells its incident on the terminal.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from '../work/cut.ts';
import { historiesOf } from '../work/histories.ts';
import { runHere } from '../work/jobs.ts';
import { chooseShell } from './choice.ts';
import { processTerminal } from './command-line/terminal.ts';
import { compose } from './compose.ts';
import { INCIDENT_TIMELINE } from './demonstration.ts';
import { incidentSummary } from './incident-summary.ts';
import { runElectron, serveLog, showInBrowser, untilEnded } from './launch.ts';

const terminal = processTerminal();
const tell = (line: string): void => terminal.status(line);

const summary = (log: Log): string => {
  const timeline = log.timeline(INCIDENT_TIMELINE);
  const end = timeline.ok ? cutAt(log, timeline.value, null) : timeline;
  if (!timeline.ok || !end.ok) return ''; // the person dropped it; there is nothing to tell
  const state = historiesOf(log).stateAt(timeline.value, end.value);
  return `\n${incidentSummary(state, log.inEventTime(timeline.value)).join('\n')}\n`;
};

const inElectron = async (binary: string): Promise<Result<null, string>> => {
  const composed = await compose(null, { runJob: runHere, tell });
  if (!composed.ok) return composed;
  const told = summary(composed.value.log);
  composed.value.close();
  await terminal.write(`Opened in Electron: its binary is here.\n${told}`);
  return runElectron(binary, null, tell);
};

const inBrowser = async (why: string): Promise<Result<null, string>> => {
  const serving = await serveLog(null, { port: 0, tell });
  if (!serving.ok) return err(serving.error);
  const { composed, loopback } = serving.value;
  await terminal.write(
    `Understudy is at ${loopback.url}\nServed to the browser: ${why}. Ctrl-C ends it.\n${summary(composed.log)}`,
  );
  showInBrowser(loopback.url);
  await untilEnded(serving.value);
  return ok(null);
};

const choice = await chooseShell(process.env, process.platform, tell);
const ended = await (choice.shell === 'electron' ? inElectron(choice.binary) : inBrowser(choice.why));
if (!ended.ok) {
  terminal.warn(ended.error);
  process.exitCode = 1;
}
