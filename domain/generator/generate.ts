// A believable cluster's log from a seed: the same options give the same facts, whatever the machine.
import { Agenda } from '../base/agenda.ts';
import { toBase64 } from '../base/base64.ts';
import { type Instant, instant, millis } from '../base/brand.ts';
import { pick, rng, type Rng } from '../base/rng.ts';
import type { Candidate } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import { FLAVORS, giantFor, hostSize, ROLES } from './catalogue.ts';
import { describeCluster, reportGroup, reportVm, type Told } from './facts.ts';
import { type Fleet, type Host, hostsOf, newVm, place, roomFor, type TenantNetwork, uuid, type Vm } from './fleet.ts';
import { noDemands, sample } from './load.ts';
import type { GeneratorOptions } from './options.ts';
import { type Life, planDay, startProcesses } from './processes.ts';

const DAY_MS = 86_400_000;
const SAMPLE_S = 300;
/** A new VM's telemetry starts with the next full hour, when its rack's roster is renewed. */
const ROSTER_SAMPLES = 12;
/** A failure on the first day and then once a week. */
const FAILURE_EVERY_DAYS = 7;
/** In a packed batch: nothing was sampled. */
const NO_SAMPLE = 255;
const VMS_PER_NETWORK = 60;
const STOPPED_SHARE = 0.06;
/** Small VMs that share the host with the one that fits nowhere else, so that its failure is worth watching. */
const NEIGHBOURS = 12;

/** One network a zone where there are enough, the rest by rack in turn. */
const tenantNetworks = (hosts: readonly Host[], count: number, r: Rng): TenantNetwork[] => {
  const zones = [...new Set(hosts.map((h) => h.zone))];
  const racks = [...new Set(hosts.map((h) => h.rack))];
  return Array.from({ length: Math.max(count, zones.length) }, (_, i) => ({
    id: uuid(r),
    name: `tenant-net-${i + 1}`,
    segment: 1001 + i,
    scope: zones[i] ?? racks[(i - zones.length) % racks.length]!,
  }));
};

const emptyFleet = (o: GeneratorOptions, r: Rng): Fleet => {
  const hosts = hostsOf(o.hosts);
  const networks = tenantNetworks(hosts, Math.max(3, Math.ceil(o.vms / VMS_PER_NETWORK)), r);
  return {
    size: hostSize(o.vms / o.hosts),
    hosts,
    vms: new Set(),
    groups: [],
    open: new Map(),
    networks,
    networksOf: Map.groupBy(networks.keys(), (i) => networks[i]!.scope),
    counters: new Map(),
    demands: noDemands(),
  };
};

/**
 * Joined from pieces, names lie scattered in memory. Read back from one text they are whole and side by side, and whoever writes
 * a rack's roster, hour by hour, waits half as long for them.
 */
const nameSideBySide = (vms: readonly Vm[]): void => {
  const addresses = JSON.parse(JSON.stringify(vms.map((vm) => vm.address))) as string[];
  for (const [i, vm] of vms.entries()) vm.address = addresses[i]!;
};

/** Fills the cluster as it was before the log began; returns the host of the VM that fits nowhere else. */
const populate = (fleet: Fleet, o: GeneratorOptions, r: Rng): Host => {
  const erp = ROLES.find((role) => role.name === 'erp')!;
  const giant = newVm(fleet, r, { role: erp, flavor: giantFor(fleet.size) });
  const home = fleet.hosts[Math.floor(fleet.hosts.length * 0.57)]!;
  place(fleet, giant, home);
  giant.vmState = 'active';
  for (let i = 1; i < o.vms; i++) {
    const neighbour = i <= NEIGHBOURS;
    const vm = newVm(fleet, r, neighbour ? { role: pick(r, ROLES), flavor: FLAVORS[i % 2]! } : undefined);
    vm.vmState = r.next() < STOPPED_SHARE ? 'stopped' : 'active';
    place(fleet, vm, neighbour ? home : roomFor(fleet, r, vm));
  }
  nameSideBySide([...fleet.vms]);
  return home;
};

/** Telemetry of one rack: a roster once an hour, one packed batch every five minutes. */
const watchRack = (life: Life, rack: string, start: Instant): void => {
  const hosts = life.fleet.hosts.filter((h) => h.rack === rack);
  const r = life.rng.child(`load ${rack}`);
  const address = entity('roster', rack);
  let roster: readonly Vm[] = [];
  let count = 0;
  const tick = (): void => {
    if (count++ % ROSTER_SAMPLES === 0) {
      roster = hosts.flatMap((h) => [...h.vms]);
      const entities = roster.map((vm) => vm.address);
      life.tell([{ entity: address, fact: { type: 'telemetry.roster_set', v: 1, data: { entities } } }]);
    }
    const second = ((life.agenda.now - start) / 1000) % 86_400;
    // A loop, because most of a generated log's time is spent here: a sample a VM every five minutes.
    const values = new Uint8Array(roster.length);
    for (let i = 0; i < values.length; i++) {
      const vm = roster[i]!;
      values[i] =
        vm.host?.up === true && vm.vmState === 'active' ? sample(life.fleet.demands, vm.demand, r, second) : NO_SAMPLE;
    }
    const data = { intervalMs: SAMPLE_S * 1000, metric: 'cpu', scale: 0.01, values: toBase64(values) } as const;
    life.tell([{ entity: address, fact: { type: 'telemetry.sampled', v: 1, data } }]);
    if (life.agenda.now + SAMPLE_S * 1000 < life.end) life.agenda.schedule(millis(SAMPLE_S * 1000), tick);
  };
  life.agenda.schedule(millis(0), tick);
};

/** The facts in order of time, from the first description to the last sample. Options must have passed `generatorOptions`. */
export function* generate(o: GeneratorOptions): Generator<Candidate, void, undefined> {
  const seed = rng(o.seed);
  const agenda = new Agenda<() => void>(o.start);
  const fleet = emptyFleet(o, seed.child('networks'));
  let pending: Told[] = [];
  let line = 0;
  const life: Life = {
    agenda,
    fleet,
    rng: seed,
    end: o.start + o.days * DAY_MS,
    tell: (facts) => void pending.push(...facts),
  };
  const home = populate(fleet, o, seed.child('vms'));
  life.tell(describeCluster(fleet));
  for (const vm of fleet.vms) life.tell(reportVm(vm, fleet));
  life.tell(fleet.groups.map(reportGroup));
  for (const rack of new Set(fleet.hosts.map((h) => h.rack))) watchRack(life, rack, o.start);
  startProcesses(life);
  for (let day = 0; day < o.days; day++) planDay(life, day, day % FAILURE_EVERY_DAYS === 0 ? home : null);

  let now = o.start;
  do {
    const facts = pending;
    pending = [];
    for (const { fact, entity: address } of facts) {
      yield { ...fact, entity: address, at: now, evidence: 'observed', line: ++line, key: null };
    }
    const due = agenda.advance();
    if (due === null || agenda.now >= life.end) return;
    now = instant(agenda.now);
    due();
  } while (true);
}
