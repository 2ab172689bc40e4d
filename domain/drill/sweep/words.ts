// A sweep's verdict in words: what it says about the cluster, what it leans on.
import { MOST_EXTRA } from './extra-hosts.ts';
import type { FailingSet, SweepKind, SweepResult } from './sweep.ts';

const NOUN: Readonly<Record<SweepKind, readonly [one: string, many: string]>> = {
  '1': ['host', 'hosts'],
  '2': ['pair of hosts', 'pairs of hosts'],
  rack: ['rack', 'racks'],
  az: ['zone', 'zones'],
};

const counted = (n: number, [one, many]: readonly [string, string]): string => `${n} ${n === 1 ? one : many}`;

/** The answer in one sentence. */
export const sweepVerdict = ({
  kind,
  safe,
  checked,
  failingCount,
  undecided,
  unknownHosts,
  numaVms,
}: SweepResult): string => {
  const [one] = NOUN[kind];
  if (safe === true && unknownHosts.length > 0)
    return `Safe only if ${counted(unknownHosts.length, NOUN['1'])} of unknown capacity have room: then any ${one} may fail and every VM finds a home (${counted(checked, NOUN[kind])} checked).`;
  if (safe === true && numaVms > 0)
    return `Safe if NUMA cells are as assumed: then any ${one} may fail and every VM finds a home (${counted(checked, NOUN[kind])} checked).`;
  if (safe === true)
    return `Safe: any ${one} may fail and every VM finds a home (${counted(checked, NOUN[kind])} checked).`;
  const open = undecided === 0 ? '' : `; ${undecided} undecided`;
  return safe === false
    ? `Not safe: ${failingCount} of ${counted(checked, NOUN[kind])} cannot fail without VMs left over${open}.`
    : `Undecided: no failure found, but ${undecided} of ${counted(checked, NOUN[kind])} took more search than allowed.`;
};

/** The hosts it would take, as a sentence; null where room is not what is missing. */
const extraNote = ({ extraLike, failing, failingCount }: SweepResult): string | null => {
  const short = failing.filter((set) => set.decided && set.vms.length > 0);
  if (extraLike === null || short.length === 0) return null;
  const hopeless = short.filter((set) => set.extraHosts === null).length;
  const most = short.reduce((n, set) => Math.max(n, set.extraHosts ?? 0), 0);
  const listed = failing.length < failingCount ? ` of the ${failing.length} listed` : '';
  return hopeless === 0
    ? `${counted(most, NOUN['1'])} more like ${extraLike} would be enough for every failing set${listed}.`
    : `Room is not all that is missing: in ${hopeless} failing sets${listed} not even ${MOST_EXTRA} more hosts like ${extraLike} help, because a VM is too large for one or a server group, a zone or an aggregate forbids it.`;
};

/** How far the undecided sets are known, and what deciding them takes. */
const undecidedNote = ({ undecided, failing, kind, budget }: SweepResult): string | null => {
  if (undecided === 0) return null;
  const most = failing.filter((set) => !set.decided).reduce((n, set) => Math.max(n, set.vms.length), 0);
  return `${counted(undecided, NOUN[kind])} undecided after ${budget} search steps each: there at most ${most} VMs of a set stay without a home, perhaps none. A larger budget decides more.`;
};

const leansOn = ({ unknownHosts, numaVms, notEvacuable }: SweepResult): readonly string[] => [
  ...(unknownHosts.length > 0
    ? [
        `The capacity of ${counted(unknownHosts.length, NOUN['1'])} is not in the log and taken as enough: ${unknownHosts.slice(0, 3).join(', ')}${unknownHosts.length > 3 ? ', …' : ''}.`,
      ]
    : []),
  ...(numaVms > 0
    ? [
        `${numaVms === 1 ? '1 VM asks' : `${numaVms} VMs ask`} for NUMA cells. Which cells a VM has no log tells: they are given out in order, and taken as enough on hosts that tell none.`,
      ]
    : []),
  ...(notEvacuable > 0
    ? [
        `${notEvacuable === 1 ? '1 VM is' : `${notEvacuable} VMs are`} in a vm_state that evacuate refuses: not counted, waiting for the host.`,
      ]
    : []),
];

/** What the verdict leans on or leaves out, one sentence each. */
export const sweepNotes = (result: SweepResult): readonly string[] => {
  const notes = [extraNote(result), undecidedNote(result)].filter((note) => note !== null);
  return [...notes, ...leansOn(result)];
};

/** The failing set that leaves most RAM without a home; ties go to the first in order. Null when nothing failed. */
export const worstSet = (result: SweepResult): FailingSet | null => {
  let worst: FailingSet | null = null;
  for (const set of result.failing) {
    if (set.decided && (worst === null || set.ramMiB > worst.ramMiB)) worst = set;
  }
  return worst;
};

/** What a set leaves over, in few words: VMs without a home, pools that stop. */
export const leftOver = ({ vms, pools }: FailingSet): string => {
  const shown = vms.length <= 3 ? vms : vms.slice(0, 2);
  const homeless =
    shown.map((vm) => vm.name).join(', ') + (shown.length < vms.length ? ` and ${vms.length - 2} more` : '');
  return [homeless, ...pools.map(({ why, vms: stuck }) => `${why}: ${stuck} VMs elsewhere stop`)]
    .filter((part) => part !== '')
    .join('; ');
};
