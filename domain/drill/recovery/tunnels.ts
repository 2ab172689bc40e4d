// VTEPs and tunnels while a drill runs: guests whose overlay is silent go on running, and nobody recovers them.
import type { Instant } from '../../base/brand.ts';
import { entity } from '../../events/entity.ts';
import type { TunnelState, VmState } from '../../readout/state.ts';
import type { Stage } from './stage.ts';
import { outcomeInPlace } from './tell.ts';

type Pair = readonly [string, string];

const isBetween = (t: TunnelState, [a, b]: Pair): boolean =>
  (t.host === a && t.remoteHost === b) || (t.host === b && t.remoteHost === a);

export class Tunnels {
  readonly #stage: Stage;
  readonly #silent = new Map<string, { readonly vm: VmState; readonly since: Instant }>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  cutVtep(hosts: readonly string[]): void {
    for (const host of hosts) {
      const why = `it runs on ${host}, whose VTEP carries nothing: no guest on another host reaches it, and nobody recovers it because Nova sees the host as up`;
      this.#tell(false, (t) => t.host === host || t.remoteHost === host);
      this.#silence(
        (vm) => vm.host === host,
        () => why,
      );
    }
  }

  mendVtep(hosts: readonly string[]): void {
    for (const host of hosts) {
      this.#tell(true, (t) => t.host === host || t.remoteHost === host);
      this.#hear((vm) => vm.host === host);
    }
  }

  /** Only guests with a neighbour of their network behind the tunnel notice. */
  cutTunnel(pair: Pair): void {
    const [a, b] = pair;
    this.#tell(false, (t) => isBetween(t, pair));
    const there = this.#networksOn(b);
    const shared = new Set([...this.#networksOn(a)].filter((network) => there.has(network)));
    this.#silence(
      (vm) => (vm.host === a || vm.host === b) && vm.addresses.some((x) => shared.has(x.network)),
      (vm) =>
        `it runs on ${vm.host}, but its neighbours on ${vm.host === a ? b : a} do not reach it: the tunnel between the two hosts carries nothing`,
    );
  }

  mendTunnel(pair: Pair): void {
    this.#tell(true, (t) => isBetween(t, pair));
    this.#hear((vm) => vm.host !== null && pair.includes(vm.host));
  }

  #networksOn(host: string): ReadonlySet<string> {
    const here = [...this.#stage.vms()].filter((vm) => vm.host === host);
    return new Set(here.flatMap((vm) => vm.addresses.map((a) => a.network)));
  }

  #tell(up: boolean, is: (tunnel: TunnelState) => boolean): void {
    for (const tunnel of this.#stage.world.state.tunnels) {
      if (is(tunnel))
        this.#stage.emit(entity('tunnel', tunnel.id), { type: 'tunnel.state_changed', v: 1, data: { up } });
    }
  }

  #silence(hit: (vm: VmState) => boolean, why: (vm: VmState) => string): void {
    const stage = this.#stage;
    for (const vm of stage.vms()) {
      if (!hit(vm) || this.#silent.has(vm.id) || vm.vmState === 'stopped') continue;
      if (stage.world.hosts.get(vm.host ?? '')?.up === false) continue; // it has worse to tell
      this.#silent.set(vm.id, { vm, since: stage.now });
      stage.settle(outcomeInPlace(vm, 'unreachable', why(vm)));
    }
  }

  #hear(hit: (vm: VmState) => boolean): void {
    const stage = this.#stage;
    for (const { vm, since } of this.#silent.values()) {
      if (!hit(vm)) continue;
      this.#silent.delete(vm.id);
      if (stage.outcomeOf(vm)?.outcome !== 'unreachable') continue; // something worse came between
      const cause = 'it never stopped; the overlay carries its traffic again';
      stage.settle(outcomeInPlace(vm, 'recovered', cause, { downMs: stage.now - since }));
    }
  }
}
