// What a flavor's extra specs say against a live migration: secrets, encrypted memory and devices that belong to a host.
import type { Finding, Subject } from './finding.ts';

const isTrue = (value: string | undefined): boolean => ['true', '1', 'yes', 'on'].includes((value ?? '').toLowerCase());

/** Codes that refuse a live migration only: the guest may be stopped, moved and started again. */
export const LIVE_ONLY: ReadonlySet<string> = new Set(['vtpm', 'memory-encryption', 'pci-device', 'vgpu']);

/** Nova's decorators and claims that read the flavor (nova/compute/api.py, nova/virt/libvirt/driver.py). */
export const specFindings = ({ vm, sourceHardware }: Subject): readonly Finding[] => {
  const specs = vm.extraSpecs;
  const found: Finding[] = [];
  if ((sourceHardware?.hypervisorType ?? '').toLowerCase() === 'ironic') {
    const detail = 'is a bare-metal server: nothing of it can move';
    found.push({ kind: 'blocker', code: 'bare-metal', detail, fix: null });
  }
  if (specs['hw:tpm_version'] !== undefined && specs['hw:tpm_secret_security'] !== 'host') {
    const secret = specs['hw:tpm_secret_security'] ?? 'user, the default';
    found.push({
      kind: 'blocker',
      code: 'vtpm',
      detail: `has a vTPM whose secret belongs to its user (hw:tpm_secret_security is ${secret})`,
      fix: 'hw:tpm_secret_security=host in the flavor (2026.1 and later), or move it cold',
    });
  }
  if (isTrue(specs['hw:mem_encryption'])) {
    const detail = 'has encrypted memory (hw:mem_encryption): AMD SEV guests do not move live';
    found.push({ kind: 'blocker', code: 'memory-encryption', detail, fix: 'move it cold' });
  }
  const profile = specs['accel:device_profile'];
  if (profile !== undefined) {
    const detail = `has Cyborg accelerators (device profile ${profile}): Nova always refuses`;
    found.push({ kind: 'blocker', code: 'accelerator', detail, fix: 'delete it and make it anew elsewhere' });
  }
  const alias = specs['pci_passthrough:alias'];
  if (alias !== undefined) {
    found.push({
      kind: 'undecided',
      code: 'pci-device',
      detail: `holds PCI devices (${alias}); whether they are marked live_migratable, and free on the destination, is not in the log`,
      fix: 'live_migratable = yes in [pci] device_spec on both hosts, or move it cold',
    });
  }
  if (specs['resources:VGPU'] !== undefined) {
    found.push({
      kind: 'undecided',
      code: 'vgpu',
      detail:
        'holds virtual GPUs; whether the destination has the type free, with libvirt 8.6 and QEMU 8.1, is not in the log',
      fix: 'check the mdev types of the destination, or move it cold',
    });
  }
  if (specs['hw:pmem'] !== undefined) {
    const detail = `has persistent memory (${specs['hw:pmem']}): post-copy cannot finish it, and whether the destination has its like is not in the log`;
    found.push({ kind: 'risk', code: 'vpmem', detail, fix: null });
  }
  return found;
};
