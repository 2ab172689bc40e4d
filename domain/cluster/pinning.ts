// How many of a VM's CPUs are its own: what a flavor's extra specs ask of Placement as PCPU.

/** Numbers in a mask as libvirt and Nova write it: `0-3,^2`; a mask that begins with `^` leaves out of all. */
const maskSize = (mask: string, vcpus: number): number => {
  const parts = mask.split(',').map((part) => part.trim());
  const chosen = new Set<number>(parts[0]?.startsWith('^') ? Array.from({ length: vcpus }, (_, i) => i) : []);
  for (const part of parts) {
    const [, out, first, last] = /^(\^?)(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined) return 0; // a mask Nova would refuse
    for (let cpu = Number(first); cpu <= Number(last ?? first); cpu++) {
      if (out === '^') chosen.delete(cpu);
      else if (cpu < vcpus) chosen.add(cpu);
    }
  }
  return chosen.size;
};

/**
 * CPUs of a VM that Placement allocates as PCPU since Train: all of them under `hw:cpu_policy=dedicated`, those of the
 * mask under `mixed`, one more where the emulator threads get their own (nova/scheduler/utils.py, ResourceRequest).
 */
export const dedicatedCpus = (specs: Readonly<Record<string, string>>, vcpus: number): number => {
  const asked = Number(specs['resources:PCPU']);
  if (Number.isSafeInteger(asked) && asked > 0) return asked;
  const emulator = specs['hw:emulator_threads_policy'] === 'isolate' ? 1 : 0;
  const policy = specs['hw:cpu_policy'];
  if (policy === 'dedicated') return vcpus + emulator;
  if (policy !== 'mixed') return 0;
  return maskSize(specs['hw:cpu_dedicated_mask'] ?? specs['hw:cpu_realtime_mask'] ?? '', vcpus) + emulator;
};
