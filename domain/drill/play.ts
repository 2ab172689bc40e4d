// Plays faults and what follows on virtual time until nothing is left to happen: facts out, outcomes beside them.
import type { Instant } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Candidate as Fact } from '../events/dictionary.ts';
import type { ClusterState } from '../readout/state.ts';
import { type Fault, mends, stopsVms, targetsOf } from './faults/fault.ts';
import type { DrillOutcome, DrillSettings } from './outcome.ts';
import { Incident } from './recovery/incident.ts';
import { Stage } from './recovery/stage.ts';
import { Storage } from './recovery/storage.ts';
import { Tunnels } from './recovery/tunnels.ts';
import { groupOutcomes } from './groups.ts';
import { networkEffects } from './network-effects.ts';
import { settingsWarnings } from './settings.ts';
import { summarise } from './summary.ts';

export type Drill = { readonly events: readonly Fact[]; readonly outcome: DrillOutcome };

export type DrillInput = {
  readonly state: ClusterState;
  readonly at: Instant;
  /** Hosts that fail at the drill's instant, all together. */
  readonly fail: readonly string[];
  /** What else happens, and when. */
  readonly script?: readonly Fault[];
  readonly settings: DrillSettings;
  /** Makes migration ids unique to the branch. */
  readonly name: string;
};

const play = ({ state, at, settings, name }: DrillInput, faults: readonly Fault[]): Drill => {
  const stage = new Stage(state, at, settings, name);
  const storage = new Storage(stage);
  const tunnels = new Tunnels(stage);
  const attempts = new Map<string, number>();
  const incidents: Incident[] = [];
  const fail = (fault: Extract<Fault, { does: 'fail' }>): void => {
    const hosts = fault.hosts.filter((host) => !incidents.some((i) => i.holds(host)));
    if (hosts.length === 0) return;
    const incident = new Incident({ stage, storage, attempts }, { ...fault, hosts, index: incidents.length });
    incidents.push(incident);
    incident.begin();
    storage.review();
  };
  const bringBack = (hosts: readonly string[]): void => {
    for (const host of hosts) incidents.findLast((i) => i.hosts.includes(host))?.returned(host);
    storage.review();
  };
  const strike = (fault: Fault): void => {
    if (fault.does === 'fail') return fail(fault);
    if (fault.does === 'return') return bringBack(fault.hosts);
    const data = { kind: fault.does, targets: [...targetsOf(fault)], seed: settings.seed };
    stage.emit('cluster:', { type: 'fault.injected', v: 1, data });
    switch (fault.does) {
      case 'stop pool':
        return storage.stop(fault.pool);
      case 'return pool':
        return storage.start(fault.pool);
      case 'lose brick':
        return storage.destroy(fault.node, fault.path);
      case 'stop backend':
        return storage.stopBackend(fault.backend, fault.part);
      case 'return backend':
        return storage.startBackend(fault.backend);
      case 'cut vtep':
        return tunnels.cutVtep(fault.hosts);
      case 'return vtep':
        return tunnels.mendVtep(fault.hosts);
      case 'cut tunnel':
        return tunnels.cutTunnel(fault.between);
      case 'return tunnel':
        return tunnels.mendTunnel(fault.between);
      case 'slow nic':
        return fault.hosts.forEach((host) => stage.fetches.slow(host, fault.share));
      case 'return nic':
        return fault.hosts.forEach((host) => stage.fetches.slow(host, 1));
    }
  };
  for (const fault of faults) stage.after(fault.afterMs, () => strike(fault));
  stage.run();
  stage.emit('cluster:', { type: 'drill.settled', v: 1, data: { events: stage.events.length + 1 } });
  const vms = stage.outcomes();
  const broken = faults.filter((f) => !mends(f));
  const struck = broken.filter(stopsVms);
  const failed = [...new Set((struck.length > 0 ? struck : broken).flatMap(targetsOf))].sort();
  const doubled = incidents.reduce((sum, incident) => sum + incident.doubled, 0);
  const summary = summarise(vms, failed, { at, events: stage.events.length, doubled });
  const groups = groupOutcomes(state, vms, (vm) => stage.vm(vm)?.tags ?? []);
  return {
    events: stage.events,
    outcome: {
      vms,
      groups,
      network: networkEffects(state, vms, (vm) => stage.portsOf(vm)),
      summary,
      settings,
      warnings: settingsWarnings(settings),
    },
  };
};

/**
 * Fails hosts at an instant, follows the script, and plays what comes of it until nothing is left to happen. The facts
 * are those a record of the same incident would hold, so they fold, draw and verify like any other.
 * Errors: a host that the log does not know, or nothing to break at all.
 */
export const runDrill = (input: DrillInput): Result<Drill, string> => {
  const script = input.script ?? [];
  const known = new Set(input.state.hosts.map((h) => h.name));
  const unknown = [...input.fail, ...input.settings.reservedHosts].filter((name) => !known.has(name));
  if (input.fail.length === 0 && !script.some((f) => !mends(f))) {
    return err('A drill needs at least one host to fail.');
  }
  if (unknown.length > 0) {
    const hosts = [...known].slice(0, 8).join(', ') + (known.size > 8 ? ', …' : '');
    return err(`There is no host ${unknown.join(', ')} at ${input.state.at}. Known hosts: ${hosts || 'none'}.`);
  }
  const by = input.settings.graceful ? 'shutdown' : 'crash';
  const first: readonly Fault[] =
    input.fail.length === 0 ? [] : [{ afterMs: 0, does: 'fail', by, hosts: [...new Set(input.fail)] }];
  return ok(play(input, [...first, ...script]));
};
