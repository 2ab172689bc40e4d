// understudy check: can a VM be live-migrated, where to, and why not.
import { err, ok } from '../../../domain/base/result.ts';
import { check as checkMoves, type CheckAnswer, type CheckQuestion } from '../../../domain/planning/check.ts';
import { liveBytesPerS } from '../../../domain/planning/jobs.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { Verdict } from '../../../domain/scheduling/blockers.ts';
import type { Finding } from '../../../domain/scheduling/finding.ts';
import { underRelease } from '../../../domain/scheduling/release.ts';
import { surroundingsOf } from '../../../domain/scheduling/blockers-hardware.ts';
import { cutAt } from '../../work/cut.ts';
import { historiesOf } from '../../work/histories.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import {
  type InstantOptions,
  type ReleaseOption,
  underRules,
  withInstant,
  withRelease,
} from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

type Options = InstantOptions &
  ReleaseOption & {
    readonly vm?: string;
    readonly to?: string;
    readonly host?: string;
    readonly nicGbps: string;
  };

const asked = ({ vm, to, host }: Options): CheckQuestion | null => {
  if (vm !== undefined && host === undefined) return { vm, to: to ?? null };
  return host !== undefined && vm === undefined && to === undefined ? { host } : null;
};

const line = (f: Finding): string => `  ${f.code}: ${f.detail}${f.fix === null ? '' : `. Fix: ${f.fix}`}\n`;

const distinct = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((f) => [`${f.code} ${f.detail}`, f])).values(),
];

/** One pair, spelled out. */
const readablePair = (v: Verdict): string =>
  `${v.name} ${v.ok ? 'can' : 'cannot'} move live to ${v.dest}.\n` +
  v.reasons.map(line).join('') +
  (v.risks.length === 0 ? '' : `Risks:\n${v.risks.map(line).join('')}`) +
  (v.unknown.length === 0 ? '' : `Unknown to the log:\n${v.unknown.map(line).join('')}`);

/** A VM against many hosts: where it can go, and what keeps it from the others, counted. */
const readableVm = (verdicts: readonly Verdict[]): string => {
  const [first] = verdicts;
  if (!first) return '';
  const open = verdicts.filter((v) => v.ok).map((v) => v.dest);
  const refused = new Map<string, { count: number; example: Finding }>();
  for (const v of verdicts) {
    for (const reason of v.reasons) {
      const known = refused.get(reason.code);
      refused.set(reason.code, { count: (known?.count ?? 0) + 1, example: known?.example ?? reason });
    }
  }
  return (
    `${first.name}: ${open.length === 0 ? 'no host can take it' : `${counted(open.length, 'host')} can take it: ${open.join(', ')}`}\n` +
    [...refused]
      .map(([code, { count, example }]) => {
        const where = count === verdicts.length ? 'everywhere' : `on ${counted(count, 'host')}`;
        return `  ${code} ${where}: ${count === 1 || count === verdicts.length ? '' : 'e.g. '}${example.detail}${example.fix === null ? '' : `. Fix: ${example.fix}`}\n`;
      })
      .join('') +
    distinct(verdicts.flatMap((v) => v.risks).filter((f) => f.code !== 'cpu-model'))
      .slice(0, 3)
      .map((f) => `  risk, ${line(f).trimStart()}`)
      .join('')
  );
};

const readableHost = (verdicts: readonly Verdict[]): string => {
  const byVm = Map.groupBy(verdicts, (v) => v.vm);
  const rows = [...byVm.values()];
  const stuck = rows.filter((list) => !list.some((v) => v.ok));
  const matrix = table(rows, [
    { head: 'VM', cell: (list) => list[0]?.name ?? null },
    { head: 'HOSTS', cell: (list) => list.filter((v) => v.ok).length },
    {
      head: 'REFUSED BY',
      cell: (list) =>
        [
          ...Map.groupBy(
            list.flatMap((v) => v.reasons),
            (r) => r.code,
          ),
        ]
          .map(([code, found]) => `${code} ${found.length}`)
          .join(', '),
    },
    { head: 'RISKS', cell: (list) => [...new Set(list.flatMap((v) => v.risks.map((r) => r.code)))].join(', ') },
  ]);
  const sentence =
    stuck.length === 0
      ? `Each of ${counted(rows.length, 'VM')} has a destination.\n`
      : `${stuck.length} of ${counted(rows.length, 'VM')} cannot move live:\n${stuck.map(readableVm).join('')}`;
  return `${sentence}\n${matrix}`;
};

const readable = (question: CheckQuestion, answer: CheckAnswer): string => {
  const { verdicts, unknown } = answer;
  const [only] = verdicts;
  const said =
    'host' in question
      ? verdicts.length === 0
        ? `No VM is on ${question.host}.\n`
        : readableHost(verdicts)
      : question.to !== null && only
        ? readablePair(only)
        : readableVm(verdicts);
  const soft = 'host' in question || question.to === null ? distinct(verdicts.flatMap((v) => v.unknown)) : [];
  const more = [...Map.groupBy(soft, (f) => f.code)].map(
    ([code, found]) =>
      `  ${code}: ${found[0]?.detail ?? ''}${found.length > 1 ? ` (and ${found.length - 1} alike)` : ''}\n`,
  );
  return `${said}\nNova looks at these too, and the log does not tell:\n${more.join('')}${unknown.map(line).join('')}`;
};

export const check: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('check')
    .description('tell whether a VM can be live-migrated, where to, and why not')
    .option('--vm <id|name>', 'the VM')
    .option('--to <host>', 'one destination (default: every host)')
    .option('--host <name>', 'every VM of this host')
    .option('--nic-gbps <n>', 'what a host adapter carries, for the question of convergence (assumed)', '10');
  withRelease(withInstant(command)).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ log, moment }) => {
        const question = asked(options);
        if (question === null) return err('Say either --vm NAME, with or without --to HOST, or --host NAME.');
        const gbps = Number(options.nicGbps);
        if (!(gbps > 0 && gbps <= 1000))
          return err(`--nic-gbps takes gigabits a second above 0, at most 1000, not ${options.nicGbps}.`);
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const timeline = log.timeline(options.timeline);
        if (!timeline.ok) return err(timeline.error.sentence);
        const cut = cutAt(log, timeline.value, at.value);
        if (!cut.ok) return err(cut.error.sentence);
        const histories = historiesOf(log);
        const state = underRelease(histories.stateAt(timeline.value, cut.value), options.release ?? null);
        if (!state.ok) return state;
        const around = surroundingsOf(histories.seek(timeline.value, cut.value).cluster);
        const answer = checkMoves(
          state.value,
          around,
          question,
          liveBytesPerS({ ...PLAN_DEFAULTS, nicBitsPerS: gbps * 1e9 }),
        );
        if (!answer.ok) return answer;
        await terminal.write(
          options.json === true
            ? `${JSON.stringify(answer.value)}\n`
            : underRules(options) + readable(question, answer.value),
        );
        return ok(answer.value.ok ? 0 : 1);
      }),
    ),
  );
};
