// What goes on in a cluster all day: boots, deletes, stops and starts, moves, a drain, and on some days a failure.
import { instant, millis } from '../base/brand.ts';
import { exponential, pick, type Rng } from '../base/rng.ts';
import { isoInstant } from '../base/time.ts';
import { BY_HAND, MASAKARI } from '../drill/settings.ts';
import { runDrill } from '../drill/play.ts';
import { entity } from '../events/entity.ts';
import {
  createVm,
  deleteVm,
  hostAddress,
  migrationChanged,
  plug,
  reportGroup,
  type Told,
  vmAddress,
  vmChanged,
} from './facts.ts';
import { type Fleet, type Host, newVm, place, roomFor, settle, stateOf, type Vm } from './fleet.ts';
import { type Ending, liveMigration, type Stage } from './moves.ts';

export type Life = Stage & { readonly fleet: Fleet; readonly rng: Rng; readonly end: number };

const S = 1000;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** How often things happen, per VM and day. */
const RATES = { boot: 0.05, delete: 0.05, move: 0.05, stop: 0.03 } as const;
/** Of a hundred moves: nine in ten arrive, the rest split between a failed preparation and a timeout. */
const ENDINGS: readonly (readonly [number, Ending])[] = [
  [0.9, 'completed'],
  [0.95, 'failed'],
  [1, 'cancelled'],
];

const after = (life: Life, seconds: number, then: () => void): void =>
  life.agenda.schedule(millis(Math.round(seconds * S)), then);

/** Repeats at random intervals with the given mean until the log ends. */
const poisson = (life: Life, purpose: string, perDay: number, then: (r: Rng) => void): void => {
  const r = life.rng.child(purpose);
  const next = (): void =>
    after(life, exponential(r, DAY_S / perDay), () => {
      if (life.agenda.now >= life.end) return;
      then(r);
      next();
    });
  if (perDay > 0) next();
};

const free = (vm: Vm, state: Vm['vmState']): boolean =>
  !vm.busy && vm.vmState === state && vm.host !== null && vm.host.up && !vm.host.quiet;

/** A free VM found in a few tries; null when the fleet has none to spare. */
const someVm = (life: Life, r: Rng, state: Vm['vmState']): Vm | null => {
  for (let i = 0; i < 8; i++) {
    const host = pick(r, life.fleet.hosts);
    if (host.vms.size === 0) continue;
    const vm = pick(r, [...host.vms]);
    if (free(vm, state)) return vm;
  }
  return null;
};

const boot = (life: Life, r: Rng): void => {
  const vm = newVm(life.fleet, r);
  vm.busy = true;
  const host = roomFor(life.fleet, r, vm);
  if (!host) return;
  place(life.fleet, vm, host);
  host.inbound++;
  life.tell([createVm(vm, life.fleet), vmChanged(vm, { taskState: 'scheduling', vmState: 'building' })]);
  if (vm.group) life.tell([reportGroup(vm.group)]);
  after(life, 0.8, () => life.tell([vmChanged(vm, { host: host.name, taskState: 'networking' })]));
  after(life, 2.5, () => life.tell([vmChanged(vm, { taskState: 'spawning' }), ...plug(vm, life.fleet)]));
  after(life, 6 + r.next() * 14, () => {
    vm.vmState = 'active';
    vm.busy = false;
    host.inbound--;
    life.tell([vmChanged(vm, { powerState: 'RUNNING', taskState: null, vmState: 'active' })]);
  });
};

const remove = (life: Life, vm: Vm): void => {
  vm.busy = true;
  life.tell([vmChanged(vm, { taskState: 'deleting' })]);
  after(life, 3, () => {
    settle(vm, null);
    life.fleet.vms.delete(vm);
    vm.group?.members.delete(vm);
    life.tell(deleteVm(vm));
    if (vm.group) life.tell([reportGroup(vm.group)]);
  });
};

const command = (vm: Vm, ...argv: readonly string[]): Told => ({
  entity: vmAddress(vm),
  fact: { type: 'command.issued', v: 1, data: { argv: [...argv, vm.name], refers: [vmAddress(vm)] } },
});

const stop = (life: Life, r: Rng, vm: Vm): void => {
  vm.busy = true;
  life.tell([command(vm, 'openstack', 'server', 'stop'), vmChanged(vm, { taskState: 'powering-off' })]);
  after(life, 4, () => {
    vm.vmState = 'stopped';
    life.tell([vmChanged(vm, { powerState: 'SHUTDOWN', taskState: null, vmState: 'stopped' })]);
    vm.busy = false;
  });
  after(life, HOUR_S * (0.5 + 4 * r.next()), () => {
    if (!free(vm, 'stopped')) return;
    vm.busy = true;
    life.tell([command(vm, 'openstack', 'server', 'start'), vmChanged(vm, { taskState: 'powering-on' })]);
    after(life, 5, () => {
      vm.vmState = 'active';
      vm.busy = false;
      life.tell([vmChanged(vm, { powerState: 'RUNNING', taskState: null, vmState: 'active' })]);
    });
  });
};

const anyEnding = (r: Rng): Ending => {
  const draw = r.next();
  return ENDINGS.find(([share]) => draw < share)![1];
};

const move = (life: Life, r: Rng, ending: Ending): void => {
  const vm = someVm(life, r, 'active');
  const dest = vm && roomFor(life.fleet, r, vm);
  if (dest) liveMigration(life, r, vm, dest, ending, () => {});
};

const service = (host: Host, enabled: boolean, reason: string | null) =>
  ({
    entity: hostAddress(host),
    fact: { type: 'host.service_reported', v: 1, data: { enabled, reason, up: host.up } },
  }) as const;

/** Maintenance: the host is disabled, its running VMs leave one by one, six hours later it is back in use. */
const drain = (life: Life, r: Rng): void => {
  const host = pick(r, life.fleet.hosts);
  if (!host.up || host.quiet || !host.enabled) return;
  host.enabled = false;
  life.tell([service(host, false, 'maintenance: kernel update')]);
  const next = (): void => {
    const vm = [...host.vms].find((v) => free(v, 'active'));
    const dest = vm ? roomFor(life.fleet, r, vm) : null;
    if (vm && dest) liveMigration(life, r, vm, dest, 'completed', () => after(life, 1, next));
  };
  after(life, 5, next);
  after(life, 6 * HOUR_S, () => {
    if (!host.up) return;
    host.enabled = true;
    life.tell([service(host, true, null)]);
  });
};

/** How long before its failure a host is left alone, so that no move is caught in it. */
export const QUIET_S = 2.5 * HOUR_S;
const RETRY_S = 120;
const REPAIR_S = 3.4 * HOUR_S;

/** The host dies, Masakari recovers its VMs as a drill would, and hours later it is repaired. */
const failure = (life: Life, host: Host, seed: string): void => {
  if (host.inbound > 0 || [...host.vms].some((vm) => vm.busy)) {
    after(life, RETRY_S, () => failure(life, host, seed));
    return;
  }
  const start = instant(life.agenda.now);
  const byId = new Map([...host.vms].map((vm) => [vm.id, vm]));
  for (const vm of byId.values()) vm.busy = true;
  host.up = false;
  const drill = runDrill({
    state: stateOf(life.fleet, isoInstant(start)),
    at: start,
    fail: [host.name],
    settings: { ...MASAKARI, serviceDownTimeS: BY_HAND.serviceDownTimeS, retries: 0, evacuationLimitS: null, seed },
    name: `masakari-${isoInstant(start)}`,
  });
  if (!drill.ok) return;
  for (const event of drill.value.events) {
    if (event.type === 'fault.injected' || event.type === 'drill.settled') continue;
    const { type, v, data } = event;
    life.agenda.schedule(millis(event.at - start), () =>
      life.tell([{ entity: event.entity, fact: { type, v, data } as never }]),
    );
  }
  const recovered: string[] = [];
  for (const outcome of drill.value.outcome.vms) {
    const vm = byId.get(outcome.vm)!;
    if (outcome.dest === null) {
      vm.vmState = 'error';
      continue;
    }
    const dest = life.fleet.hosts.find((h) => h.name === outcome.dest)!;
    recovered.push(entity('migration', `masakari-${isoInstant(start)}/${vm.id}`));
    settle(vm, dest);
    dest.inbound++;
    life.agenda.schedule(millis(outcome.downMs ?? 0), () => {
      vm.busy = false;
      dest.inbound--;
    });
  }
  after(life, REPAIR_S, () => repair(life, host, recovered));
};

/** nova-compute starts again: it drops its copies of evacuated VMs, and what was stranded is reset and started. */
const repair = (life: Life, host: Host, evacuated: readonly string[]): void => {
  host.up = true;
  host.enabled = true;
  host.quiet = false;
  life.tell([{ entity: hostAddress(host), fact: { type: 'host.returned', v: 1, data: {} } }]);
  life.tell([
    {
      entity: hostAddress(host),
      fact: { type: 'host.service_reported', v: 1, data: { enabled: true, forcedDown: false, reason: null, up: true } },
    },
  ]);
  after(life, 4, () => life.tell(evacuated.map((m) => migrationChanged(m, { status: 'completed' }))));
  for (const vm of host.vms) {
    if (vm.vmState !== 'error') continue;
    after(life, 300, () => {
      vm.vmState = 'active';
      vm.busy = false;
      life.tell([
        command(vm, 'openstack', 'server', 'set', '--state', 'active'),
        vmChanged(vm, { powerState: 'RUNNING', taskState: null, vmState: 'active' }),
      ]);
    });
  }
};

/** Everything that runs all day. */
export const startProcesses = (life: Life): void => {
  const vms = life.fleet.vms.size;
  poisson(life, 'boot', RATES.boot * vms, (r) => boot(life, r));
  poisson(life, 'delete', RATES.delete * vms, (r) => {
    const vm = someVm(life, r, 'active');
    if (vm && vm.flavor.name.startsWith('m1')) remove(life, vm);
  });
  poisson(life, 'stop', RATES.stop * vms, (r) => {
    const vm = someVm(life, r, 'active');
    if (vm) stop(life, r, vm);
  });
  poisson(life, 'move', RATES.move * vms, (r) => move(life, r, anyEnding(r)));
};

/** The day's maintenance at 08:20, a move of each bad ending, and, on failure days, the end of a host at 10:36:02. */
export const planDay = (life: Life, day: number, victim: Host | null): void => {
  const r = life.rng.child(`day ${day}`);
  const from = day * DAY_S;
  after(life, from + 8 * HOUR_S + 1200, () => drain(life, r));
  after(life, from + 13 * HOUR_S + 300, () => move(life, r, 'failed'));
  after(life, from + 15 * HOUR_S + 1200, () => move(life, r, 'cancelled'));
  if (!victim) return;
  const at = from + 10 * HOUR_S + 36 * 60 + 2;
  after(life, at - QUIET_S, () => (victim.quiet = true));
  after(life, at, () => failure(life, victim, `failure ${day}`));
};
