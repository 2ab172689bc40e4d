// A plan as a POSIX shell script of openstack commands: every step checked before and after, stopping on surprise, resumable.
import { goalsWords } from './goal.ts';
import type { Plan, PlannedMove } from './plan.ts';
import { RUNBOOK_LIBRARY } from './runbook-library.ts';

/** In single quotes, as sh reads it; a quote inside ends, escapes and begins again. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** A comment or message has one line. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

/** A step may take this many times its prediction, and this much more, before the script stops: room for a model's error. */
const LIMIT_TIMES = 4;
const LIMIT_EXTRA_S = 600;

const step = (m: PlannedMove, i: number): string =>
  `# ${i + 1}: predicted ${(m.startMs / 1000).toFixed(1)} s to ${(m.endMs / 1000).toFixed(1)} s, down ${Math.round(m.downtimeMs)} ms, ${Math.round(m.bytes / 1e6)} MB\n` +
  `step_${i + 1}() {\n  id=${quoted(m.vm)} name=${quoted(oneLine(m.name))} kind=${m.kind}\n` +
  `  from=${quoted(m.source)} to=${quoted(m.dest)} after=${quoted(m.after.map((a) => a + 1).join(' '))}\n` +
  `  limit=${Math.ceil(((m.endMs - m.startMs) / 1000) * LIMIT_TIMES + LIMIT_EXTRA_S)}\n}\n`;

/** Names the plan, so that a state file of another is not taken for this one's: 32-bit FNV-1a over the moves. */
const nameOf = (plan: Plan): string => {
  let h = 0x811c9dc5;
  const text = plan.moves.map((m) => `${m.vm} ${m.source} ${m.dest} ${m.kind}`).join('\n');
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
};

/**
 * The script. `sh drain.sh check` only looks; `sh drain.sh` runs. Environment: OPENSTACK (the client), POLL_S, GRACE_POLLS
 * (looks before a VM that has not begun to move counts as failed), STATE (what is done). Exit status 0 when all is done, 1
 * when it stopped.
 */
export const runbook = (plan: Plan, at: string): string => {
  const stays = new Set([
    ...plan.blocked.map((b) => b.vm),
    ...plan.moves.filter((m) => m.kind === 'stop').map((m) => m.vm),
  ]);
  const name = nameOf(plan);
  const disable = plan.drained.map(
    (host) =>
      `  os compute service set --disable --disable-reason ${quoted('drain')} ${quoted(host)} nova-compute || stop_here "cannot disable ${oneLine(host).replaceAll(/["$`\\]/g, '')}"\n`,
  );
  const last = plan.drained.map(
    (host) =>
      `  ids=$(os server list --all-projects --host ${quoted(host)} -f value -c ID) || stop_here "openstack cannot list the VMs of a host that was emptied"\n` +
      `  for id in $ids; do\n    case " $STAYS " in *" $id "*) ;; *) stop_here "$id is still on its host and not in the plan" ;; esac\n  done\n`,
  );
  const after = plan.drained.map(
    (host) => `# when the work is done: openstack compute service set --enable ${quoted(oneLine(host))} nova-compute\n`,
  );
  return (
    `#!/bin/sh\n# ${oneLine(goalsWords(plan.goals))}, planned on the state of ${at}: ${plan.moves.length} moves, predicted ${(plan.makespanMs / 1000).toFixed(0)} s.\n` +
    '# sh <this file> check   looks whether every step could start, and moves nothing\n' +
    '# sh <this file>         runs; stops on surprise; run again, it resumes\n' +
    plan.blocked
      .map((b) => `# stays: ${oneLine(b.name)} (${b.vm}): ${oneLine(b.reasons.map((r) => r.code).join(', '))}\n`)
      .join('') +
    (plan.report.spare === null ? '' : `# N+1: ${oneLine(plan.report.spare.note)}\n`) +
    after.join('') +
    '# shellcheck disable=SC2016,SC2154 # names stand as they are; steps and eval set variables\n' +
    `set -u\nPLAN=${name}\nOPENSTACK=\${OPENSTACK:-openstack}\nPOLL_S=\${POLL_S:-5}\nGRACE_POLLS=\${GRACE_POLLS:-12}\n` +
    `STATE=\${STATE:-./drain-$PLAN.state}\nSTEPS=${quoted(plan.moves.map((_, i) => i + 1).join(' '))}\nSTAYS=${quoted([...stays].join(' '))}\n` +
    `${RUNBOOK_LIBRARY}\ndisable_hosts() {\n${disable.join('') || '  :\n'}}\n\nlast_check() {\n${last.join('') || '  :\n'}}\n\n` +
    `${plan.moves.map(step).join('\n')}\nmain "$@"\n`
  );
};
