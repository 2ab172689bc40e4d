// Hosts and requests for scheduling tests, with only what a test cares about spelled out.
import type { Candidate, SchedulingRequest } from '../../../domain/scheduling/candidate.ts';
import { libvirtInventory, NOTHING } from '../../../domain/scheduling/inventory.ts';

export const candidate = (name: string, change: Partial<Candidate> = {}): Candidate => ({
  name,
  up: true,
  enabled: true,
  zone: 'az-1',
  inventories: {
    VCPU: libvirtInventory(48, 0, 4),
    MEMORY_MB: libvirtInventory(131_072, 512, 1),
    DISK_GB: libvirtInventory(1000, 0, 1),
    PCPU: null,
  },
  used: NOTHING,
  aggregates: [],
  numa: null,
  instances: 0,
  ioOps: 0,
  hypervisorVersion: null,
  ...change,
});

export const request = (change: Partial<SchedulingRequest> = {}): SchedulingRequest => ({
  asked: { VCPU: 2, MEMORY_MB: 4096, DISK_GB: 40, PCPU: 0 },
  zone: null,
  group: null,
  ignore: [],
  project: null,
  extraSpecs: {},
  numa: null,
  ...change,
});
