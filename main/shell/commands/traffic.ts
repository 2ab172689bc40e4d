// understudy traffic: what the traffic between VMs asks of every host and link, and what one move would change.
import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { PROFILE_NAMES, type ProfileName } from '../../../domain/datapath/profiles.ts';
import type { TrafficAnswer, TrafficQuestion } from '../../../domain/datapath/traffic-answer.ts';
import { PATTERN_NAMES, type PatternName } from '../../../domain/datapath/traffic-patterns.ts';
import type { AddCommand } from '../command-line/command.ts';
import { tellAssumptions } from '../command-line/network-options.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

type Options = InstantOptions & {
  readonly datapath: ProfileName;
  readonly pattern?: PatternName;
  readonly group: number;
  readonly mean: number;
  readonly seed: string;
  readonly csv?: boolean;
  readonly move?: string;
  readonly to?: string;
};

const BYTES_PER_MBIT = 125_000;

const number = (written: string): number => {
  if (!/^\d+(\.\d+)?$/.test(written)) throw new InvalidArgumentError('It must be a number.');
  return Number(written);
};

const moveIn = ({ move, to }: Options): Result<TrafficQuestion['move'], string> => {
  if (move === undefined && to === undefined) return ok(null);
  if (move === undefined || to === undefined) return err('A move is a VM and a host: --move VM --to HOST.');
  return ok({ vm: move, dest: to });
};

const rate = (bitsPerS: number): string =>
  Math.abs(bitsPerS) >= 1e9 ? `${(bitsPerS / 1e9).toFixed(2)} Gbit/s` : `${(bitsPerS / 1e6).toFixed(1)} Mbit/s`;

const more = (n: number, words: string): string => `${words} ${n < 0 ? 'less' : 'more'}`;

const readable = ({ at, flows, pairs, bytesPerS, hosts, racks, absent, move }: TrafficAnswer): string => {
  if (flows.length === 0)
    return `No traffic matrix is recorded up to ${at}: import one as CSV (from,to,mbps), or make one up with --pattern.\n`;
  const cores = hosts.reduce((sum, h) => sum + h.datapathCores, 0);
  const lines = [
    `${at}: ${counted(pairs, 'talking pair')}, ${rate(8 * bytesPerS)} in all; forwarding takes ${cores.toFixed(2)} cores of ${counted(hosts.length, 'host')}.\n`,
    table(hosts, [
      { head: 'HOST', cell: (h) => h.host },
      { head: 'FORWARDING', cell: (h) => `${h.datapathCores.toFixed(3)} cores` },
      { head: 'OF ITS CPU', cell: (h) => (h.cpuPercent === null ? null : `${h.cpuPercent.toFixed(1)} %`) },
      { head: 'OUT', cell: (h) => rate(h.outBitsPerS) },
      { head: 'IN', cell: (h) => rate(h.inBitsPerS) },
    ]),
    racks.length === hosts.length
      ? ''
      : table(racks, [
          { head: 'RACK', cell: (r) => r.rack },
          { head: 'OUT', cell: (r) => rate(r.outBitsPerS) },
          { head: 'IN', cell: (r) => rate(r.inBitsPerS) },
        ]),
    absent.length === 0
      ? ''
      : `Not counted, as they run nowhere at this instant: ${absent.slice(0, 5).join(', ')}${absent.length > 5 ? ` and ${absent.length - 5} more` : ''}.\n`,
    move === null
      ? ''
      : `Moving ${move.vm} from ${move.source} to ${move.dest}: forwarding takes ` +
        `${more(move.sourceCores, `${Math.abs(move.sourceCores).toFixed(3)} cores`)} on ${move.source} and ` +
        `${more(move.destCores, `${Math.abs(move.destCores).toFixed(3)} cores`)} on ${move.dest}; between hosts go ` +
        `${more(move.crossBitsPerS, rate(Math.abs(move.crossBitsPerS)))}, between racks ` +
        `${more(move.interRackBitsPerS, rate(Math.abs(move.interRackBitsPerS)))}.\n`,
  ];
  return lines.filter((part) => part !== '').join('\n');
};

const cell = (name: string): string => (/[",\s]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** What `understudy import` reads back. */
const csv = ({ flows }: TrafficAnswer): string =>
  `from,to,bytes_per_s,frame_bytes\n${flows.map((f) => `${cell(f.from)},${cell(f.to)},${f.bytesPerS},${f.frameBytes}\n`).join('')}`;

export const traffic: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('traffic')
    .description('tell what the traffic between VMs asks of every host and link; status 1 when none is recorded')
    .addOption(
      new Option('--datapath <name>', 'what forwards on every host').choices(PROFILE_NAMES).default('kernel-ovs'),
    )
    .addOption(new Option('--pattern <name>', 'make traffic up between all running VMs instead').choices(PATTERN_NAMES))
    .option('--group <n>', 'VMs of a pattern that talk to each other', number, 8)
    .option('--mean <mbps>', 'mean rate of a pair of a pattern, in Mbit/s', number, 10)
    .option('--seed <seed>', 'seed of a pattern', 'traffic')
    .option('--csv', 'print the matrix as CSV, which `import` reads')
    .option('--move <vm>', 'tell what moving this VM would change')
    .option('--to <host>', 'where it would go');
  withInstant(command).action((options: Options) =>
    run(() => {
      const move = moveIn(options);
      if (!move.ok) return move;
      return inLog(terminal, options.log, async ({ ask, moment }) => {
        const { timeline, datapath, pattern, seed } = options;
        const at = moment(timeline, options.at);
        if (!at.ok) return at;
        const made = { groupSize: options.group, meanBytesPerS: options.mean * BYTES_PER_MBIT, seed };
        const answer = await ask('network.traffic', {
          timeline,
          at: at.value,
          datapath,
          pattern: pattern === undefined ? null : { pattern, ...made },
          move: move.value,
        });
        if (!answer.ok) return answer;
        if (options.json !== true && options.csv !== true) tellAssumptions(terminal, answer.value.assumptions);
        if (options.csv === true) await terminal.write(csv(answer.value));
        else if (options.json === true) await terminal.write(`${JSON.stringify(answer.value)}\n`);
        else await terminal.write(readable(answer.value));
        return ok(answer.value.flows.length > 0 ? 0 : 1);
      });
    }),
  );
};
