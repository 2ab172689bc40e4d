// understudy drill --rto: which recovery threads, or which detection, bring every VM back within so many seconds.
import { instant } from '../../../domain/base/brand.ts';
import { err, ok } from '../../../domain/base/result.ts';
import { parseInstant } from '../../../domain/base/time.ts';
import { type Assumptions, assuming } from '../../../domain/capacity/what-if.ts';
import { parseScript } from '../../../domain/drill/faults/script.ts';
import { recoverWithin, type RtoAnswer } from '../../../domain/drill/inverse.ts';
import { MOST_EXTRA } from '../../../domain/drill/sweep/extra-hosts.ts';
import type { DrillSettings } from '../../../domain/drill/outcome.ts';
import { duration } from '../../../domain/readout/words.ts';
import type { Ending } from '../command-line/command.ts';
import type { Opened } from '../command-line/open.ts';
import { underPremises } from '../command-line/assumptions.ts';
import { counted } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

const MS_PER_S = 1000;

export type RtoQuestion = {
  readonly timeline: string;
  readonly at: string | undefined;
  readonly fail: readonly string[];
  readonly script: string | null;
  readonly settings: DrillSettings;
  readonly assume: Assumptions | null;
  readonly rtoS: number;
  readonly json: boolean;
};

const readable = (a: RtoAnswer, { settings, rtoS }: RtoQuestion): string => {
  const slowest = a.downMsMax === null ? 'nobody comes back' : `the slowest VM is back after ${duration(a.downMsMax)}`;
  const threads =
    a.threads === null
      ? `No number of threads brings it within ${rtoS} s.`
      : `Threads: ${a.threads} are enough, all else equal (now ${settings.threads}).`;
  const detection = settings.forceDown
    ? 'Detection: forced down at once, service_down_time does not matter.'
    : a.serviceDownTimeS === null
      ? `No service_down_time brings it within ${rtoS} s.`
      : `Detection: service_down_time may be up to ${a.serviceDownTimeS} s, all else equal (now ${settings.serviceDownTimeS}).`;
  const spare =
    a.spareLike === null
      ? ''
      : a.spareHosts === null
        ? `Spare hosts: ${MOST_EXTRA} more like ${a.spareLike} do not bring everybody back in time.\n`
        : `Spare hosts: ${a.spareHosts === 0 ? 'none is needed' : `${a.spareHosts} more like ${a.spareLike} are enough, all else equal`}.\n`;
  const left =
    a.notBack === 0 ? '' : `${counted(a.notBack, 'VM')} not back whatever the clocks: ask the drill itself why.\n`;
  return `${a.met ? 'Met' : 'Not met'}: ${slowest}, the goal is ${duration(rtoS * MS_PER_S)}.\n${threads}\n${detection}\n${spare}${left}`;
};

/** Status 0 when the goal is met as things are and everybody comes back, 1 when it is not. */
export const rtoFrom = async ({ ask, moment }: Opened, terminal: Terminal, asked: RtoQuestion): Promise<Ending> => {
  const at = moment(asked.timeline, asked.at);
  if (!at.ok) return at;
  const seen = await ask('view.state', { timeline: asked.timeline, at: at.value });
  if (!seen.ok) return seen;
  const state = assuming(seen.value, asked.assume);
  if (!state.ok) return state;
  const start = parseInstant(state.value.at) ?? instant(0);
  const script = asked.script === null ? ok([]) : parseScript(asked.script, state.value, start);
  if (!script.ok) return script;
  const { fail, settings } = asked;
  const input = { state: state.value, at: start, fail, script: script.value, settings, name: 'rto' };
  const answer = recoverWithin(input, asked.rtoS * MS_PER_S);
  if (!answer.ok) return err(answer.error);
  await terminal.write(
    asked.json ? `${JSON.stringify(answer.value)}\n` : underPremises(asked.assume) + readable(answer.value, asked),
  );
  return ok(answer.value.met && answer.value.notBack === 0 ? 0 : 1);
};
