// Why a drain fails is told within a budget: a small one is told to the end, a large one ends and says what it left open.
import { expect, test } from 'vitest';
import { shelfOf } from '../../../domain/drill/sweep/shelf.ts';
import { conflictOf } from '../../../domain/planning/conflict.ts';
import type { PlaceInput } from '../../../domain/planning/destinations.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import type { Conflict } from '../../../domain/planning/plan.ts';
import { networkOf } from '../../../domain/planning/network.ts';
import { Ways } from '../../../domain/planning/ways.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { hostState, vmState } from '../drill/states.ts';
import { chargedState } from './clusters.ts';

/** Each host that stays has room for one VM more, so any of them fits alone; each that is drained has 14. */
const tooMany = (
  hosts: number,
  drained: number,
  looks?: number,
): { conflict: Conflict; asked: number; vms: number } => {
  const all = Array.from({ length: hosts }, (_, i) => hostState(`h${i}`));
  const vms = all.flatMap(({ name }, i) =>
    Array.from({ length: i < drained ? 14 : 7 }, (_, j) =>
      vmState(`${name}-${j}`, name, { ramMiB: i < drained ? 4096 + j : 8192, vcpus: 1 }),
    ),
  );
  const state = chargedState(all, vms);
  const shelf = shelfOf(state);
  const ways = new Ways(state, NO_SURROUNDINGS, shelf, PLAN_DEFAULTS);
  const leaves = (host: string | null): boolean => Number(host?.slice(1)) < drained;
  const jobs = shelf.vms.flatMap((vm, row) => (leaves(vm.host) ? [ways.of(row).job!] : []));
  let asked = 0;
  const input: PlaceInput = {
    shelf,
    jobs,
    paths: networkOf(state, PLAN_DEFAULTS),
    options: PLAN_DEFAULTS,
    accepts: Uint8Array.from(shelf.hosts, (name) => (leaves(name) ? 0 : 1)),
    staticRefusal: (vm, host) => {
      asked++;
      return ways.staticRefusal(vm, host);
    },
  };
  const conflict = conflictOf(input, state, ...(looks === undefined ? [] : [looks]));
  return { conflict, asked, vms: jobs.length };
};

test('too many VMs for the room, few enough to tell: one more than there are places', () => {
  const { conflict } = tooMany(30, 4);
  expect(conflict.vms).toHaveLength(27);
  expect(conflict.because[0]).toBe('these 27 cannot be placed together, though any fewer of them can');
  expect(conflict.because.filter((words) => words.includes('ended after'))).toEqual([]);
});

test('a large drain that fails is explained within its budget, and says what it left open', () => {
  const looks = 1_000_000;
  const { conflict, asked, vms } = tooMany(200, 40, looks);
  expect(vms).toBe(560);
  expect(conflict.vms.length).toBeGreaterThan(160);
  expect(conflict.because[0]).toBe(`these ${conflict.vms.length} were not placed together; fewer of them may fail too`);
  expect(conflict.because).toContain('the search for a smaller set ended after 1 million looks of a VM at a host');
  // Two questions, each over by at most the placements under way as it ends, and two placements to tell the answer.
  const placement = vms * 160;
  expect(asked).toBeLessThan(2 * (looks + 5 * placement) + 2 * 13 * placement);
});
