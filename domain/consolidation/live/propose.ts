// Neat's last two questions: which VMs leave overloaded hosts, which hosts can be emptied, and where their VMs go.
import { forkForwarding, forwardingCores, moveTalker } from '../../datapath/forwarding.ts';
import type { HostState, VmState } from '../../readout/state.ts';
import { movedState, safetyOf } from './after.ts';
import { hostHistory, type Judgement, type VmHistories } from './judge.ts';
import type { Fate, Move, Option, Refusal } from './report.ts';
import { choose, immovable, refusalCounts, relocate, type Room } from './room.ts';
import { gibToSend, priceBetween, standingOf } from './objective.ts';
import type { Policies } from './settings.ts';
import { amountWords, type Price } from './weights.ts';

export type Draft = {
  readonly room: Room;
  readonly policies: Policies;
  readonly histories: VmHistories;
  readonly judgements: ReadonlyMap<string, Judgement>;
  readonly moves: Move[];
  readonly refused: Refusal[];
  readonly fates: Map<string, { readonly fate: Fate; readonly why: string }>;
  /** Single host failures that strand VMs now, and in the plan so far. */
  failures: number;
};

const vmsOn = (d: Draft, host: string): readonly VmState[] =>
  [...d.room.world.vms.values()].filter((vm) => d.room.at.get(vm.id) === host);

const GIB = 2 ** 30;
const BYTES_PER_MB = 1e6;

export const moveOf = (
  d: Draft,
  vm: VmState,
  dest: string,
  question: Move['question'],
  options: readonly Option[],
): Move => {
  const isLive = vm.vmState !== 'stopped';
  const bytes = gibToSend(vm) * GIB;
  const storage = vm.storage === 'local' ? 'block' : vm.storage;
  return {
    order: d.moves.length + 1,
    vm: vm.id,
    name: vm.name,
    source: d.room.at.get(vm.id)!,
    dest,
    type: isLive ? 'live-migration' : 'migration',
    kind: isLive ? storage : null,
    question,
    ramMiB: vm.ramMiB ?? 0,
    cores: d.room.cores.get(vm.id) ?? 0,
    startS: 0,
    seconds: bytes / (d.room.settings.migrationMBPerS * BYTES_PER_MB),
    why: options[0]?.why ?? '',
    options,
  };
};

export const refuse = (d: Draft, vm: VmState, why: string, options: readonly Option[]): void => {
  d.refused.push({ entity: `vm:${vm.id}`, name: vm.name, host: d.room.at.get(vm.id) ?? '', why, options });
};

const gib = (vm: VmState): string => `${Math.round((vm.ramMiB ?? 0) / 102.4) / 10} GiB`;

/** Largest first: by CPU, then RAM, then id, as best-fit decreasing takes them. */
const decreasing = (d: Draft, vms: readonly VmState[]): readonly VmState[] =>
  vms.toSorted(
    (a, b) =>
      (d.room.cores.get(b.id) ?? 0) - (d.room.cores.get(a.id) ?? 0) ||
      (b.ramMiB ?? 0) - (a.ramMiB ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );

/** VMs that leave an overloaded host, one after another, until the detector is content with those that stay. */
const selected = (d: Draft, host: HostState): readonly VmState[] => {
  const staying = new Map(vmsOn(d, host.name).map((vm) => [vm.id, vm]));
  const able = new Map([...staying].filter(([, vm]) => immovable(d.room, vm) === null && vm.vmState !== 'stopped'));
  const leaving: VmState[] = [];
  const forwarding = forkForwarding(d.room.forwarding);
  const overloaded = (): boolean => {
    const cores = forwardingCores(forwarding, host.name);
    return d.policies.overload(hostHistory(host, [...staying.values()], d.histories, cores), null)[0];
  };
  while (able.size > 0 && overloaded()) {
    const cpu = new Map([...able.keys()].map((id) => [id, d.histories.get(id) ?? []]));
    const ram = new Map([...able].map(([id, vm]) => [id, vm.ramMiB ?? 0]));
    const [id] = d.policies.selection({ cpu, ram }, null);
    const vm = id === null ? undefined : able.get(id);
    if (vm === undefined) break;
    able.delete(vm.id);
    staying.delete(vm.id);
    moveTalker(forwarding, vm.id, null);
    leaving.push(vm);
  }
  return leaving;
};

export const relieve = (d: Draft, host: HostState): void => {
  const leaving = selected(d, host);
  let moved = 0;
  for (const vm of decreasing(d, leaving)) {
    const { dest, options } = choose(d.room, vm, true);
    if (dest === null) {
      refuse(d, vm, 'it should leave an overloaded host, and no host takes it', options);
      continue;
    }
    d.moves.push(moveOf(d, vm, dest, 'overload', options));
    relocate(d.room, vm, dest);
    moved++;
  }
  const says = d.judgements.get(host.name)?.overload.says ?? '';
  const why =
    leaving.length === 0
      ? `Overloaded (${says}), and none of its VMs can be moved.`
      : `Overloaded (${says}): ${moved} of ${leaving.length} VMs chosen to leave find a place.`;
  d.fates.set(host.name, { fate: moved > 0 ? 'relieved' : 'kept', why });
};

export const emptiedHosts = (d: Draft): readonly string[] =>
  [...d.fates].flatMap(([host, { fate }]) => (fate === 'emptied' ? [host] : []));

type Emptied = { readonly moves: readonly Move[]; readonly pays: Price } | { readonly why: string };

/** Moves everything off, or changes nothing and says what stands in the way. */
const tryEmpty = (d: Draft, host: HostState): Emptied => {
  const vms = vmsOn(d, host.name);
  for (const vm of vms) {
    const reason = immovable(d.room, vm);
    if (reason === null) continue;
    refuse(d, vm, reason, []);
    return { why: `${vm.name} stays: ${reason}` };
  }
  const { settings, hosts } = d.room;
  const before = standingOf(d.room, hosts.values(), settings.powerModel);
  const made: Move[] = [];
  const undo = (): void => {
    for (const move of made) relocate(d.room, d.room.world.vms.get(move.vm)!, host.name);
  };
  for (const vm of decreasing(d, vms)) {
    const { dest, options } = choose(d.room, vm, false);
    if (dest === null) {
      undo();
      refuse(d, vm, `no other host takes it, so ${host.name} cannot be emptied`, options);
      return { why: `${vm.name} (${gib(vm)}) finds no other host: ${refusalCounts(options)}` };
    }
    made.push({ ...moveOf(d, vm, dest, 'underload', options), order: d.moves.length + made.length + 1 });
    relocate(d.room, vm, dest);
  }
  const pays = priceBetween(before, standingOf(d.room, hosts.values(), settings.powerModel), vms, settings.weights);
  if (pays.total > 0) {
    undo();
    return { why: `it would not pay: ${amountWords(pays)}, weighed together ${pays.total.toFixed(1)} W more` };
  }
  if (!settings.keepN1) return { moves: made, pays };
  const asleep = new Set([...emptiedHosts(d), host.name]);
  const safety = safetyOf(movedState(d.room.world.state, d.room.at, asleep));
  if (safety.failures <= d.failures) {
    d.failures = safety.failures;
    return { moves: made, pays };
  }
  undo();
  const [first] = safety.worst;
  const more = safety.failures - d.failures;
  return {
    why: `asleep it would be missed: ${more} more of ${safety.of} host failures would strand VMs${
      first === undefined ? '' : `, as ${first.host}'s ${first.vms}`
    }`,
  };
};

export const empty = (d: Draft, host: HostState): void => {
  const says = d.judgements.get(host.name)?.underload.says ?? '';
  const taker = d.moves.find((m) => m.dest === host.name);
  if (taker !== undefined) {
    d.fates.set(host.name, {
      fate: 'kept',
      why: `Underloaded (${says}), and it takes ${taker.name} of ${taker.source}.`,
    });
    return;
  }
  const tried = tryEmpty(d, host);
  if ('why' in tried) {
    d.fates.set(host.name, { fate: 'kept', why: `Underloaded (${says}), but ${tried.why}.` });
    return;
  }
  d.moves.push(...tried.moves);
  d.room.closed.set(host.name, { rule: 'being emptied', why: 'is being emptied' });
  d.fates.set(host.name, {
    fate: 'emptied',
    why:
      `Underloaded (${says}): all ${tried.moves.length} VMs fit elsewhere, and it may sleep; ` +
      `${amountWords(tried.pays)}, weighed together ${(-tried.pays.total).toFixed(1)} W less.`,
  });
};
