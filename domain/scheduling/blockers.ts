// Can this VM be live-migrated to that host, and why not: every blocker of Nova's that a log can know, with its numbers and its fix.
import { destinationFindings } from './blockers-dest.ts';
import { vmFindings } from './blockers-vm.ts';
import type { Destination, Finding, FindingKind, Subject } from './finding.ts';

export type Verdict = {
  readonly vm: string;
  readonly name: string;
  readonly dest: string;
  /** True only when nothing refuses and nothing decisive is unknown. */
  readonly ok: boolean;
  /** Blockers, then what is undecided; empty exactly when `ok`. */
  readonly reasons: readonly Finding[];
  readonly unknown: readonly Finding[];
  readonly risks: readonly Finding[];
};

/** What Nova checks and no log of ours can hold; true of every verdict, so it is told once. */
export const NEVER_KNOWN: readonly Finding[] = [
  ['locked', 'whether the VM is locked (only an administrator may then move it)'],
  ['share-attached', 'whether a Manila share is attached (refused by the API)'],
  ['accelerator', 'whether it has a Cyborg device profile (always refused)'],
  ['vtpm', 'whether its image asks for a vTPM (refused unless hw:tpm_secret_security=host)'],
  ['memory-encryption', 'whether its image asks for encrypted memory (AMD SEV: refused)'],
  [
    'pci-device',
    'whether its ports or image hold SR-IOV, vDPA or other devices, and whether the destination has their like',
  ],
  [
    'numa-pinning',
    'whether its CPUs are pinned or its pages huge, and whether a NUMA cell of the destination holds it',
  ],
  ['cpu-flags', "the CPU flags beyond the model's name, which libvirt compares"],
  ['cell', 'whether both hosts are in one cell (Nova moves within a cell only)'],
  ['port-binding', "whether the destination's network agent can bind its ports (segment, physical network, MTU)"],
  ['bandwidth-port', 'whether a port asks for a minimum bandwidth, which old computes refuse to move'],
  ['memory-backing', 'whether both hosts back guest memory alike (files, huge pages outside a flavor)'],
  ['local-space', 'what disk_available_least of the destination is, which a block migration has to fit into'],
  ['migration-network', 'whether migrations have a network of their own; without one a break loses post-copy guests'],
  ['zone-pin', 'whether its request is pinned to an availability zone'],
].map(([code, detail]) => ({ kind: 'unknown' as const, code: code ?? '', detail: detail ?? '', fix: null }));

/** Everything that speaks about one move. Pure; O(1) in the size of the cluster. */
export const verdictOf = (subject: Subject, dest: Destination): Verdict => {
  const found = [...vmFindings(subject), ...destinationFindings(subject, dest)];
  const of = (kind: FindingKind): Finding[] => found.filter((f) => f.kind === kind);
  const reasons = [...of('blocker'), ...of('undecided')];
  return {
    vm: subject.vm.id,
    name: subject.vm.name,
    dest: dest.candidate.name,
    ok: reasons.length === 0,
    reasons,
    unknown: of('unknown'),
    risks: of('risk'),
  };
};
