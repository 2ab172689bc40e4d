// understudy state: the cluster at an instant.
import { err, ok } from '../../../domain/base/result.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { type Lint, withNames } from '../../../domain/network/lint.ts';
import { lintState } from '../../../domain/network/state-lint.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { underRelease } from '../../../domain/scheduling/release.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, type ReleaseOption, withInstant, withRelease } from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

const MOST_ROWS = 40; // more VMs than this are counted, and only the unusual ones are listed

const serviceWord = (host: HostState): string => {
  if (host.fenced) return 'fenced';
  if (host.forcedDown) return 'forced down';
  if (host.up === null) return 'unknown';
  return `${host.up ? 'up' : 'down'}${host.enabled === false ? ', disabled' : ''}`;
};

const share = (used: number, total: number | null): string => `${used} of ${total ?? '?'}`;

const hostTable = (hosts: readonly HostState[]): string =>
  table(hosts, [
    { head: 'HOST', cell: (h) => h.name },
    { head: 'SERVICE', cell: serviceWord },
    { head: 'ZONE', cell: (h) => h.az },
    { head: 'VMS', cell: (h) => h.vms.length },
    { head: 'VCPUS', cell: (h) => share(h.vcpusUsed, h.vcpus) },
    { head: 'RAM MIB', cell: (h) => share(h.ramMiBUsed, h.ramMiB) },
  ]);

const vmTable = (vms: readonly VmState[]): string =>
  table(vms, [
    { head: 'VM', cell: (v) => v.name },
    { head: 'ID', cell: (v) => v.id },
    { head: 'STATUS', cell: (v) => v.status },
    {
      head: 'HOST',
      cell: (v) => (v.host === null ? null : v.host + (v.hostEvidence === 'observed' ? '' : ` (${v.hostEvidence})`)),
    },
    { head: 'STORAGE', cell: (v) => v.storage },
    { head: 'ADDRESSES', cell: (v) => v.addresses.map(({ network, ip }) => `${network}=${ip}`).join(' ') },
  ]);

const statusCounts = (vms: readonly VmState[]): string => {
  const counts = new Map<string, number>();
  for (const { status } of vms) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([status, n]) => `${n} ${status}`)
    .join(', ');
};

const vmPart = (vms: readonly VmState[]): string => {
  if (vms.length <= MOST_ROWS) return vms.length === 0 ? 'No VMs.\n' : vmTable(vms);
  const unusual = vms.filter((v) => v.status !== 'ACTIVE' && v.status !== 'SHUTOFF');
  const listed = unusual.slice(0, MOST_ROWS);
  const rest = unusual.length - listed.length;
  return (
    `${counted(vms.length, 'VM')}: ${statusCounts(vms)}.\n` +
    (listed.length === 0 ? '' : `\n${vmTable(listed)}`) +
    (rest === 0 ? '' : `and ${rest} more; --json lists all.\n`)
  );
};

const movePart = (state: ClusterState): string => {
  const moving = state.migrations.filter((m) => m.endedAt === null);
  const ended = `${counted(state.migrations.length - moving.length, 'move')} ended`;
  if (moving.length === 0) return `No move in flight; ${ended}.\n`;
  return `${table(moving, [
    { head: 'MOVE', cell: (m) => m.id },
    { head: 'TYPE', cell: (m) => (m.kind === null ? m.type : `${m.type} (${m.kind})`) },
    { head: 'STATUS', cell: (m) => m.status },
    { head: 'SOURCE', cell: (m) => m.source },
    { head: 'DEST', cell: (m) => m.dest },
  ])}${ended}.\n`;
};

const anomalyPart = ({ anomalies }: ClusterState): string => {
  if (anomalies.length === 0) return 'No anomalies.\n';
  const last = anomalies.slice(-MOST_ROWS);
  const shown = last.length < anomalies.length ? `, the last ${last.length} of them` : '';
  return `${counted(anomalies.length, 'anomaly', 'anomalies')}${shown}:\n${last
    .map((a) => `  #${a.seq}  ${a.at}  ${a.severity}  ${a.detail}\n`)
    .join('')}`;
};

const storagePart = (state: ClusterState): string =>
  `${counted(state.volumes.length, 'volume')}, ${counted(state.pools.length, 'pool')}, ` +
  `${counted(state.networks.length, 'network')}, ${counted(state.tunnels.length, 'tunnel')}.\n`;

/** What is wrong with the overlay as recorded; what dumped flow tables contradict stands among the anomalies. */
const overlayPart = (lints: readonly Lint[]): string => {
  const [first] = lints;
  if (first === undefined) return '';
  const rest = lints.length === 1 ? '' : `, and ${counted(lints.length - 1, 'more thing')}`;
  return `\nRecorded wrong of the overlay: ${first.detail}${rest}; understudy overlay lists all.\n`;
};

const readable = (state: ClusterState): string =>
  [
    `${state.timeline} at ${state.at}, event #${state.seq}, state ${state.hash.slice(0, 12)}${state.release === null ? '' : `, under the defaults of ${state.release}`}\n`,
    hostTable(state.hosts),
    vmPart(state.vms),
    movePart(state),
    storagePart(state),
    anomalyPart(state),
  ].join('\n');

type Options = InstantOptions & ReleaseOption;
export const state: AddCommand = (program, { terminal, run }) => {
  const command = program.command('state').description('show the cluster at an instant');
  withRelease(withInstant(command)).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return err(at.error);
        const answer = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!answer.ok) return answer;
        const told = underRelease(answer.value, options.release ?? null);
        if (!told.ok) return told;
        const overlay = withNames(lintState(told.value, cloudOf(told.value)), told.value.networks);
        await terminal.write(
          options.json === true
            ? `${JSON.stringify({ ...told.value, overlay })}\n`
            : readable(told.value) + overlayPart(overlay),
        );
        return ok(0);
      }),
    ),
  );
};
