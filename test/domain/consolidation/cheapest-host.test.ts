// The search for the cheapest host leaves out whole blocks of hosts: it must find what looking at every one of them finds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cheapestHost, NO_HOST } from '../../../domain/consolidation/cloudsim/cheapest-host.ts';
import { draftOf, put, rewind } from '../../../domain/consolidation/cloudsim/draft.ts';
import { CLOUDSIM_QUIRKS, withoutQuirks } from '../../../domain/consolidation/cloudsim/quirks.ts';
import { recordHistory, setDemand, updateAll } from '../../../domain/consolidation/cloudsim/refresh.ts';
import { close } from '../../../domain/consolidation/cloudsim/targets.ts';
import { createWorld, type World } from '../../../domain/consolidation/cloudsim/world.ts';
import { powerAt } from '../../../domain/consolidation/power.ts';

/** Hosts as the search sees them, kept by the simplest means. */
const plainHosts = (w: World) => {
  const isEmpty = w.lists.map((list) => list.length === 0);
  const given = w.lists.map((list) => list.reduce((sum, vm) => sum + w.allocated[vm]!, 0));
  const free = Array.from(w.free);
  const reference = isEmpty.map((empty, host) => (empty && !w.quirks.idlePowerFree ? 0 : w.watts[host]!));
  return {
    close: (host: number): void => void (free[host] = -Infinity),
    put: (host: number, demand: number): (() => void) => {
      const before = [given[host]!, free[host]!, reference[host]!] as const;
      given[host]! += demand;
      free[host]! -= demand;
      reference[host] = w.watts[host]!;
      return () => void ([given[host], free[host], reference[host]] = before);
    },
    cheapest: (demand: number, refuses: (host: number) => boolean): number => {
      let best = NO_HOST;
      let least = Infinity;
      for (const [host, { totalMips, peMips, power }] of w.hostType.entries()) {
        if (free[host]! < demand || peMips < demand) continue;
        const watts = powerAt(power, Math.min(1, (given[host]! + demand) / totalMips)) - reference[host]!;
        if (watts >= least || (given[host] !== 0 && refuses(host))) continue;
        best = host;
        least = watts;
      }
      return best;
    },
  };
};

const worldOf = (hosts: number, at: readonly number[], samples: readonly number[], idleFree: boolean): World => {
  const quirks = idleFree ? CLOUDSIM_QUIRKS : withoutQuirks('idlePowerFree');
  const vms = at.map((_, vm) => `vm${vm}`);
  const w = createWorld({ vms, steps: 2, samples: Float64Array.from(samples) }, quirks, hosts);
  for (const [vm, host] of at.entries()) {
    w.registered[vm] = host % hosts;
    w.lists[host % hosts]!.push(vm);
  }
  setDemand(w, 300.1);
  recordHistory(w, 1, 300.1);
  updateAll(w, 300.1);
  return w;
};

test('it finds the host that looking at every one finds, while VMs are planned, taken back and hosts closed', () => {
  const worlds = fc.record({
    hosts: fc.integer({ min: 1, max: 90 }),
    levels: fc.array(fc.tuple(fc.nat(89), fc.integer({ min: 1, max: 100 })), { minLength: 1, maxLength: 150 }),
    idleFree: fc.boolean(),
    steps: fc.array(fc.tuple(fc.nat(), fc.constantFrom('plan', 'plan', 'plan', 'try', 'close')), { maxLength: 60 }),
    refuses: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(worlds, ({ hosts, levels, idleFree, steps, refuses }) => {
      const at = levels.map(([host]) => host);
      const w = worldOf(
        hosts,
        at,
        levels.flatMap(([, level]) => [level, level]),
        idleFree,
      );
      const draft = draftOf(w);
      const plain = plainHosts(w);
      const overloaded = (host: number, vm: number): boolean => (host * 7 + vm) % refuses === 0;
      for (const [n, what] of steps) {
        const vm = n % levels.length;
        if (what === 'close') {
          if (w.lists[n % hosts]!.length === 0) continue; // hosts at rest are closed all at once or not at all
          close(draft.targets, n % hosts);
          plain.close(n % hosts);
          continue;
        }
        const found = cheapestHost(draft.targets, w, vm, overloaded);
        expect(found).toBe(plain.cheapest(w.demand[vm]!, (host) => overloaded(host, vm)));
        // Plans onto hosts at rest are never taken back.
        if (found === NO_HOST || (what === 'try' && w.lists[found]!.length === 0)) continue;
        const mark = draft.undo.length;
        put(draft, w, found, vm);
        const takeBack = plain.put(found, w.demand[vm]!);
        if (what === 'plan') continue;
        rewind(draft, mark);
        takeBack();
      }
    }),
    { numRuns: 300 },
  );
});
