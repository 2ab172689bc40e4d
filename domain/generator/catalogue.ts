// The believable parts a generated cluster is made of: hosts, flavors, roles and where their disks are.

export type HostSize = {
  readonly vcpus: number;
  readonly ramMiB: number;
  readonly diskGiB: number;
  readonly cpuModel: string;
};

const MEAN_VM_GIB = 5.9; // of the flavors below
/** Operators buy hosts that are about 70 % full when everybody is at home, in steps of 64 GiB. */
const SPARE = 1.4;

/** The hosts one would buy for this many VMs on each. */
export const hostSize = (vmsPerHost: number): HostSize => {
  const modules = Math.max(1, Math.round((vmsPerHost * MEAN_VM_GIB * SPARE) / 64));
  return { vcpus: 24 * modules, ramMiB: 65_536 * modules, diskGiB: 1800 * modules, cpuModel: 'Cascadelake-Server' };
};

export const HOSTS_PER_RACK = 10;

export type Flavor = {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMiB: number;
  readonly diskGiB: number;
};

/** Flavors with how often they are asked for; the mean VM has 5.9 GiB, so 15 of them fill 70 % of a 128 GiB host. */
export const FLAVORS: readonly (Flavor & { readonly weight: number })[] = [
  { name: 'm1.small', vcpus: 1, ramMiB: 2048, diskGiB: 20, weight: 30 },
  { name: 'm1.medium', vcpus: 2, ramMiB: 4096, diskGiB: 40, weight: 30 },
  { name: 'm1.large', vcpus: 4, ramMiB: 8192, diskGiB: 80, weight: 22 },
  { name: 'm1.xlarge', vcpus: 8, ramMiB: 16_384, diskGiB: 160, weight: 8 },
  { name: 'c1.large', vcpus: 8, ramMiB: 8192, diskGiB: 40, weight: 5 },
  { name: 'r1.large', vcpus: 4, ramMiB: 32_768, diskGiB: 80, weight: 5 },
];

/** One VM of it needs two thirds of a host: the one that finds no other home when its host fails. */
export const giantFor = (host: HostSize): Flavor => {
  const ramMiB = Math.floor((host.ramMiB * 11) / 16);
  return { name: `r1.${Math.floor(ramMiB / 1024)}g`, vcpus: 8, ramMiB, diskGiB: 200 };
};

export type Role = {
  readonly name: string;
  readonly storage: 'local' | 'shared' | 'volume';
  /** Mean CPU relative to the fleet's. */
  readonly load: number;
  /** Members of one of its server groups (anti-affinity), 0 for none. */
  readonly group: number;
};

/** Roles and their storage: 40 % shared, 35 % volume, 25 % local by weight of equal draws. */
export const ROLES: readonly Role[] = [
  { name: 'web', storage: 'shared', load: 1.2, group: 3 },
  { name: 'api', storage: 'shared', load: 1.4, group: 3 },
  { name: 'auth-api', storage: 'shared', load: 0.8, group: 2 },
  { name: 'shop', storage: 'shared', load: 1.1, group: 3 },
  { name: 'crm', storage: 'shared', load: 0.6, group: 0 },
  { name: 'proxy', storage: 'shared', load: 1, group: 2 },
  { name: 'report', storage: 'shared', load: 0.9, group: 0 },
  { name: 'ldap', storage: 'shared', load: 0.4, group: 2 },
  { name: 'billing-db', storage: 'volume', load: 1.3, group: 2 },
  { name: 'kafka', storage: 'volume', load: 1.6, group: 3 },
  { name: 'search-es', storage: 'volume', load: 1.5, group: 3 },
  { name: 'mail', storage: 'volume', load: 0.7, group: 2 },
  { name: 'k8s-master', storage: 'volume', load: 0.9, group: 3 },
  { name: 'erp', storage: 'volume', load: 0.8, group: 0 },
  { name: 'git', storage: 'volume', load: 0.5, group: 0 },
  { name: 'redis', storage: 'local', load: 1, group: 3 },
  { name: 'ci', storage: 'local', load: 2, group: 0 },
  { name: 'batch', storage: 'local', load: 2.4, group: 0 },
  { name: 'dev', storage: 'local', load: 0.3, group: 0 },
  { name: 'k8s-worker', storage: 'local', load: 1.6, group: 0 },
];

export const POOLS = { local: 'lvm-local', shared: 'ceph-vms', volume: 'ceph-volumes' } as const;
export const IMAGES = ['ubuntu-24.04', 'debian-12', 'rocky-9', 'windows-2022'] as const;
