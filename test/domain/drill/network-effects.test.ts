// What a drill costs the overlay agrees with the overlay itself, message by message, and says when a VM is reached again.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { below, pick, rng } from '../../../domain/base/rng.ts';
import { WIRED_AFTER_MS } from '../../../domain/drill/network-effects.ts';
import { runDrill } from '../../../domain/drill/play.ts';
import { BY_HAND } from '../../../domain/drill/settings.ts';
import { applyEvent } from '../../../domain/network/apply-event.ts';
import { UNDISTURBED } from '../../../domain/network/environment.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { countMessages } from '../network/count-messages.ts';
import { settledOverlay } from '../../../domain/network/settled-overlay.ts';
import { evacuation } from '../../../domain/network/story.ts';
import type { ClusterState, PortState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

const at = instant(Date.parse('2026-11-17T12:00:00Z'));
const NETWORKS = ['blue', 'red', 'green'] as const;
const HOSTS = ['a', 'b', 'c', 'd'].map((n) => `compute-${n}`);

/** VMs with a port on one or two networks each. */
const randomCloud = (seed: string): ClusterState => {
  const random = rng(seed);
  const vms = Array.from({ length: 3 + below(random, 12) }, (_, i) => vmState(`v${i}`, pick(random, HOSTS)));
  const ports = vms.flatMap((vm, i) =>
    NETWORKS.filter(() => random.next() < 0.5).map((network, k): PortState => ({
      id: `p-${vm.id}-${network}`,
      network,
      vm: vm.id,
      mac: `fa:16:3e:00:${k.toString(16).padStart(2, '0')}:${i.toString(16).padStart(2, '0')}`,
      ips: [`10.${k}.0.${i + 1}`],
      host: vm.host,
      status: 'ACTIVE',
      bindings: [],
    })),
  );
  const networks = NETWORKS.map((id, i) => ({ id, name: id, type: 'vxlan', segment: i + 1, cidr: null, mtu: null }));
  return clusterOf(
    HOSTS.map((name) => hostState(name)),
    vms,
    { ports, networks },
  );
};

const drill = (state: ClusterState, landStopped = false) => {
  const played = runDrill({
    state,
    at,
    fail: ['compute-a'],
    settings: { ...BY_HAND, landStopped, threads: 2 },
    name: 't',
  });
  if (!played.ok) throw new Error(played.error);
  return played.value.outcome;
};

test('FDB messages of a drill are those the overlay sends when its ports move, in 200 random clouds', () => {
  let moved = 0;
  for (let i = 0; i < 200; i++) {
    const state = randomCloud(`cloud ${i}`);
    const { vms, network } = drill(state);
    const { overlay } = settledOverlay({ mode: 'l2pop-arp', style: 'master', l3Plugin: true }, cloudOf(state).cloud);
    const back = vms.filter((v) => v.dest !== null).toSorted((x, y) => (x.downMs ?? 0) - (y.downMs ?? 0));
    const messages = back.flatMap((vm) =>
      state.ports
        .filter((p) => p.vm === vm.vm)
        .flatMap((p) => evacuation({ port: p.id, source: 'compute-a', dest: vm.dest ?? '' }))
        .flatMap((event) => applyEvent(overlay, event, UNDISTURBED)),
    );
    const counted = countMessages(messages, HOSTS.length);
    moved += network.ports;
    expect(network).toMatchObject({
      fdbMessages: counted.fanouts + counted.casts,
      deliveries: counted.deliveries,
      entries: counted.entries,
    });
  }
  expect(moved).toBeGreaterThan(300);
});

test('a VM is reached again once its port is wired; one that lands SHUTOFF is not', () => {
  const state = clusterOf([hostState('compute-a'), hostState('compute-b')], [vmState('1', 'compute-a')]);
  const [running] = drill(state).vms;
  expect(running!.reachedMs).toBe(running!.downMs! + WIRED_AFTER_MS);
  const stopped = drill(state, true);
  expect(stopped.vms[0]!.reachedMs).toBeNull();
  expect(stopped.network.reachedMsMax).toBeNull();
});
