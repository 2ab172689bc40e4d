// A sweep's verdict in words: what it says about the cluster, what it leans on.
import type { FailingSet, SweepKind, SweepResult } from './sweep.ts';

const NOUN: Readonly<Record<SweepKind, readonly [one: string, many: string]>> = {
  '1': ['host', 'hosts'],
  '2': ['pair of hosts', 'pairs of hosts'],
  rack: ['rack', 'racks'],
  az: ['zone', 'zones'],
};

const counted = (n: number, [one, many]: readonly [string, string]): string => `${n} ${n === 1 ? one : many}`;

/** The answer in one sentence. */
export const sweepVerdict = ({ kind, safe, checked, failingCount, undecided, unknownHosts }: SweepResult): string => {
  const [one] = NOUN[kind];
  if (safe === true && unknownHosts.length > 0)
    return `Safe only if ${counted(unknownHosts.length, NOUN['1'])} of unknown capacity have room: then any ${one} may fail and every VM finds a home (${counted(checked, NOUN[kind])} checked).`;
  if (safe === true)
    return `Safe: any ${one} may fail and every VM finds a home (${counted(checked, NOUN[kind])} checked).`;
  const open = undecided === 0 ? '' : `; ${undecided} undecided`;
  return safe === false
    ? `Not safe: ${failingCount} of ${counted(checked, NOUN[kind])} cannot fail without VMs left over${open}.`
    : `Undecided: no failure found, but ${undecided} of ${counted(checked, NOUN[kind])} took more search than allowed.`;
};

/** What the verdict leans on or leaves out, one sentence each. */
export const sweepNotes = ({ unknownHosts, notEvacuable }: SweepResult): readonly string[] => [
  ...(unknownHosts.length > 0
    ? [
        `The capacity of ${counted(unknownHosts.length, NOUN['1'])} is not in the log and taken as enough: ${unknownHosts.slice(0, 3).join(', ')}${unknownHosts.length > 3 ? ', …' : ''}.`,
      ]
    : []),
  ...(notEvacuable > 0
    ? [
        `${notEvacuable === 1 ? '1 VM is' : `${notEvacuable} VMs are`} in a vm_state that evacuate refuses: not counted, waiting for the host.`,
      ]
    : []),
];

/** The failing set that leaves most RAM without a home; ties go to the first in order. Null when nothing failed. */
export const worstSet = (result: SweepResult): FailingSet | null => {
  let worst: FailingSet | null = null;
  for (const set of result.failing) {
    if (set.decided && (worst === null || set.ramMiB > worst.ramMiB)) worst = set;
  }
  return worst;
};
