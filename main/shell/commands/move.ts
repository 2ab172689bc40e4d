// understudy move: one VM's live migration predicted from the log: rounds, band, what is assumed, and the settings that change it.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { SweepRow } from '../../../domain/migration/option-sweep.ts';
import type { Round } from '../../../domain/migration/run.ts';
import type { PredictedMove, PredictionInput } from '../../../domain/planning/move-prediction.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { seconds } from '../../../domain/readout/words.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { number } from '../command-line/plan-options.ts';
import { table } from '../command-line/table.ts';

type Options = InstantOptions & { readonly nicGbps: string; readonly dirtyPages: string };

/** Rounds told one by one; of more, the first and the last. */
const MOST_ROUNDS = 12;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;

const verdict = (move: PredictedMove): string => {
  const { name, band, outcome } = move;
  if (move.refused.length > 0) {
    const why = move.refused.map((r) => `${r.code}: ${r.detail}${r.fix === null ? '' : ` (${r.fix})`}`);
    return `${name} cannot move live wherever it goes. ${why.join('; ')}. Were it not so:\n`;
  }
  const all = megabytes(move.ramBytes + move.diskBytes);
  if (outcome !== 'completed')
    return `${name} does not get there: after ${seconds(move.totalMs)} and ${all} its migration ends ${move.novaStatus}.\n`;
  return `${name} moves live in ${seconds(move.totalMs)} (${seconds(band.totalMs.p10)} to ${seconds(band.totalMs.p90)}), stands still for ${milliseconds(move.downtimeMs)} (${milliseconds(band.downtimeMs.p10)} to ${milliseconds(band.downtimeMs.p90)}), and sends ${all}.\n`;
};

const valueOf = ({ value, unit }: PredictionInput): string => {
  if (unit === 'bytes') return megabytes(value);
  if (unit === 'bytes a second') return `${((value * 8) / 1e9).toFixed(2)} Gbit/s`;
  if (unit === 'GHz') return `${value} GHz`;
  return unit === 'version' ? String(value) : `${Math.round(value)} pages/s`;
};

type Numbered = Round & { readonly n: number };

const roundsText = (rounds: readonly Round[]): string => {
  const all = rounds.map((round, i): Numbered => ({ ...round, n: i + 1 }));
  const half = MOST_ROUNDS / 2;
  const told = all.length <= MOST_ROUNDS ? all : [...all.slice(0, half), ...all.slice(-half)];
  return table(told, [
    { head: 'ROUND', cell: (r) => r.n },
    { head: 'FROM', cell: (r) => seconds(r.startMs) },
    { head: 'TO', cell: (r) => seconds(r.endMs) },
    { head: 'PENDING', cell: (r) => megabytes(r.pendingStartBytes) },
    { head: 'AT ITS END', cell: (r) => megabytes(r.pendingEndBytes) },
    { head: 'THRESHOLD', cell: (r) => megabytes(r.thresholdBytes) },
    { head: 'SENT', cell: (r) => megabytes(r.sentBytes) },
    { head: 'THROTTLE', cell: (r) => (r.throttlePct === 0 ? null : `${r.throttlePct} %`) },
    { head: 'TIMES', cell: (r) => r.repeats },
  ]);
};

const priceOf = ({ finishes, novaStatus, costs }: SweepRow): string => {
  if (!finishes) return `ends ${novaStatus}`;
  if (costs.atRiskMs > 0) return `${seconds(costs.atRiskMs)} in which a broken network loses the guest`;
  return costs.slowedShare > 0.005
    ? `the guest gets ${Math.round((1 - costs.slowedShare) * 100)} % of its time`
    : 'none';
};

const sweepText = ({ sweep, cold }: PredictedMove): string => {
  const rows = sweep.map((row) => ({
    setting: row.changes.join(', ') || 'as it is',
    totalMs: row.costs.totalMs,
    downMs: row.finishes ? row.costs.downtimeMs : null,
    price: priceOf(row),
  }));
  return table(
    [...rows, { setting: 'moved cold', totalMs: cold.totalMs, downMs: cold.totalMs, price: 'the guest is stopped' }],
    [
      { head: "NOVA'S OPTION", cell: (r) => r.setting },
      { head: 'TOTAL', cell: (r) => seconds(r.totalMs) },
      { head: 'DOWN', cell: (r) => (r.downMs === null ? null : milliseconds(r.downMs)) },
      { head: 'PRICE', cell: (r) => r.price },
    ],
  );
};

const coresText = ({ cores, heldToBytesPerS }: PredictedMove): string => {
  const held =
    heldToBytesPerS === null
      ? ''
      : ` Its connections carry ${((heldToBytesPerS * 8) / 1e9).toFixed(1)} Gbit/s of data, less than the link: more of them, on more cores, would carry more.`;
  return `While it sends, ${cores.source.toFixed(2)} cores of its host and ${cores.dest.toFixed(2)} of its destination are busy with it.${held}\n`;
};

const readable = (move: PredictedMove): string =>
  [
    verdict(move) + coresText(move),
    table(move.inputs, [
      { head: 'WITH', cell: (i) => i.name },
      { head: 'AT', cell: valueOf },
      { head: 'HOW KNOWN', cell: (i) => (i.evidence === 'assumed' ? 'assumed' : 'from the log') },
    ]),
    roundsText(move.rounds),
    sweepText(move),
  ].join('\n');

const settingsOf = (o: Options): Result<Pick<typeof PLAN_DEFAULTS, 'nicBitsPerS' | 'dirtyPagesPerS'>, string> => {
  const nic = number('--nic-gbps', o.nicGbps, 0.01, 1000);
  if (!nic.ok) return nic;
  const dirty = number('--dirty-pages', o.dirtyPages, 0, 1e9);
  return dirty.ok ? ok({ nicBitsPerS: nic.value * 1e9, dirtyPagesPerS: dirty.value }) : err(dirty.error);
};

export const move: AddCommand = (program, { terminal, run }) => {
  const { policy, perHost, nicBitsPerS, dirtyPagesPerS } = PLAN_DEFAULTS;
  const command = program
    .command('move <vm>')
    .description(
      "predict one VM's live migration: its rounds, and which of Nova's settings let it finish, at what cost",
    )
    .option('--nic-gbps <n>', 'what a host adapter carries (assumed)', String(nicBitsPerS / 1e9))
    .option(
      '--dirty-pages <n>',
      'pages it writes a second where it was never sampled (assumed)',
      String(dirtyPagesPerS),
    );
  withInstant(command).action((vm: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const settings = settingsOf(options);
        if (!settings.ok) return settings;
        const { timeline } = options;
        const at = moment(timeline, options.at);
        if (!at.ok) return at;
        const asked = {
          timeline,
          at: at.value,
          vm,
          settings: { policy, perHost, skip: [], pins: [], ...settings.value },
        };
        const answer = await ask('plan.predict', asked);
        if (!answer.ok) return answer;
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readable(answer.value));
        return ok(answer.value.outcome === 'completed' && answer.value.refused.length === 0 ? 0 : 1);
      }),
    ),
  );
};
