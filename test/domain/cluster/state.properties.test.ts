// What must hold for any log: it folds without throwing, and equal histories end in equal states however they were reached.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteAt, numberAt, NO_ROW, rowAt } from '../../../domain/base/column.ts';
import { seq } from '../../../domain/base/brand.ts';
import { type Cluster, emptyCluster, forkCluster, PRESENT } from '../../../domain/cluster/cluster.ts';
import { storageKinds, vmStates } from '../../../domain/cluster/codes.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { machinePictures } from '../../../domain/readout/machine-picture.ts';
import { picture } from '../../../domain/readout/picture.ts';
import { story } from '../../../domain/readout/story.ts';
import { byEventTime } from '../../../domain/timeline/order.ts';
import { arbitraryLog } from './arbitrary.ts';
import { at, foldAll, stateOf } from './facts.ts';

const RUNS = { numRuns: 150 };
const inTime = (log: readonly LogEvent[]): LogEvent[] => [...log].sort(byEventTime);

test('any well-formed log folds and is read out without throwing', () => {
  fc.assert(
    fc.property(arbitraryLog(), (log) => {
      const events = inTime(log);
      const c = foldAll(events);
      const state = stateOf(c);
      picture(c, { timeline: 'main', seq: seq(1), at: at(0) });
      for (const { entity } of events) {
        story(c, entity, events);
        machinePictures(c, entity);
      }
      expect(state.hosts.flatMap((h) => h.vms).length).toBeLessThanOrEqual(state.vms.length);
    }),
    RUNS,
  );
});

test('forks do not see each other', () => {
  fc.assert(
    fc.property(arbitraryLog(30), arbitraryLog(30), arbitraryLog(30), (base, left, right) => {
      const c = foldAll(base);
      const before = hashOf(c);
      const fork = forkCluster(c);
      for (let i = 0; i < Math.max(left.length, right.length); i++) {
        if (left[i]) fold(fork, left[i]!);
        if (right[i]) fold(c, right[i]!);
      }
      expect(hashOf(fork)).toBe(hashOf(foldAll(left, foldAll(base))));
      expect(hashOf(c)).toBe(hashOf(foldAll(right, foldAll(base))));
      expect(hashOf(foldAll(base))).toBe(before);
    }),
    RUNS,
  );
});

test('the order of import does not matter: same facts, other seqs and other rows, same hash', () => {
  fc.assert(
    fc.property(
      arbitraryLog().chain((log) =>
        fc.tuple(fc.constant(log), fc.shuffledSubarray([...log], { minLength: log.length })),
      ),
      ([log, shuffled]) => {
        const renumbered = shuffled.map((e, i): LogEvent => ({ ...e, seq: seq(i + 1) }));
        // The rows are given out in import order too, as a replayer with branches would.
        const primed = emptyCluster();
        foldAll(renumbered, forkCluster(primed));
        expect(hashOf(foldAll(inTime(renumbered), primed))).toBe(hashOf(foldAll(inTime(log))));
      },
    ),
    RUNS,
  );
});

test('one event more is another hash, unless it says nothing new', () => {
  fc.assert(
    fc.property(arbitraryLog(), (log) => {
      const events = inTime(log);
      const shorter = foldAll(events.slice(0, -1));
      const longer = foldAll(events);
      const { hash: a, ...before } = stateOf(shorter);
      const { hash: b, ...after } = stateOf(longer);
      if (JSON.stringify(before) !== JSON.stringify(after)) expect(a).not.toBe(b);
    }),
    RUNS,
  );
});

const VOLUME = storageKinds.code('volume');
const OFFLOADED = vmStates.code('shelved_offloaded');
const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

/** Usage counted afresh from the VMs and their moves. */
const recount = (c: Cluster): Map<number, [number, number, number]> => {
  const used = new Map<number, [number, number, number]>();
  const v = c.vms.col;
  for (let vm = 0; vm < c.vms.ids.ids.length; vm++) {
    if (byteAt(v.present, vm) !== PRESENT || byteAt(v.vmState, vm) === OFFLOADED) continue;
    const moving = rowAt(v.moving, vm);
    const ends =
      moving === NO_ROW ? [] : [rowAt(c.migrations.col.source, moving), rowAt(c.migrations.col.dest, moving)];
    for (const host of new Set([rowAt(v.host, vm), ...ends])) {
      if (host === NO_ROW) continue;
      const sum = used.get(host) ?? [0, 0, 0];
      sum[0] += known(numberAt(v.vcpus, vm));
      sum[1] += known(numberAt(v.ramMiB, vm));
      if (byteAt(v.storage, vm) !== VOLUME) sum[2] += known(numberAt(v.diskGiB, vm));
      used.set(host, sum);
    }
  }
  return used;
};

test('what is charged to hosts step by step is what a recount finds', () => {
  fc.assert(
    fc.property(arbitraryLog(), (log) => {
      const c = foldAll(inTime(log));
      const used = recount(c);
      const h = c.hosts.col;
      for (let host = 0; host < c.hosts.ids.ids.length; host++) {
        const counted = [h.usedVcpus, h.usedRamMiB, h.usedDiskGiB].map((column) => known(numberAt(column, host)));
        expect(counted).toEqual(used.get(host) ?? [0, 0, 0]);
      }
    }),
    RUNS,
  );
});
