// A question Neat does not ask: would a VM be better off where those it talks to are, although its host neither is full nor sleeps?
import type { TrafficMatrix } from '../../datapath/traffic.ts';
import type { HostState, VmState } from '../../readout/state.ts';
import { movedState, safetyOf } from './after.ts';
import { priceOfChange } from './objective.ts';
import { type Draft, emptiedHosts, moveOf, refuse } from './propose.ts';
import type { Move, Option } from './report.ts';
import { fitOf, immovable, relocate, requestOf } from './room.ts';
import { amountWords, type Price } from './weights.ts';

/** Times through all talkers: those that moved attract others. */
const PASSES = 3;
/** A gain below this is rounding, in watts. */
const NO_GAIN = 1e-6;

const known = (host: HostState | undefined): host is HostState & { readonly vcpus: number } =>
  host !== undefined && host.vcpus !== null && host.vcpus > 0;

/** Hosts other than its own where VMs run that it exchanges traffic with. */
const peerHosts = (d: Draft, matrix: TrafficMatrix, row: number, own: string): readonly string[] => {
  const hosts = new Set<string>();
  for (let e = matrix.offsets[row]!; e < matrix.offsets[row + 1]!; e++) {
    const host = d.room.at.get(matrix.vms[matrix.peers[e]!]!);
    if (host !== undefined && host !== own) hosts.add(host);
  }
  return [...hosts].sort();
};

type Candidate = { readonly host: string; readonly price: Price };

/** Every place looked at for a VM, and the best of them if it is better than to stay. */
type Looked = { readonly best: Candidate | null; readonly options: readonly Option[] };

const changeWords = (price: Price): string =>
  `${amountWords(price)}, weighed together ${Math.abs(price.total).toFixed(1)} W ${price.total < 0 ? 'less' : 'more'}`;

/** Every host of a peer, with what going there would change or why it cannot be. */
const optionsOf = (d: Draft, vm: VmState, hosts: readonly string[]): Looked => {
  const { room } = d;
  const source = room.hosts.get(room.at.get(vm.id)!);
  const request = requestOf(room, vm);
  const candidates: Candidate[] = [];
  const refused: Option[] = [];
  for (const host of hosts) {
    const fit = fitOf(room, vm, host, request);
    if (!fit.fits) refused.push({ host, verdict: 'refused', rule: fit.rule, why: fit.why, price: null });
    else if (known(source)) {
      const here = { host: source.name, vcpus: source.vcpus };
      candidates.push({ host, price: priceOfChange(room, room.settings, vm, here, { host, vcpus: fit.vcpus }) });
    }
  }
  candidates.sort((a, b) => a.price.total - b.price.total);
  const options = candidates.map(({ host, price }, i): Option => {
    const why = changeWords(price);
    if (price.total >= -NO_GAIN)
      return { host, verdict: 'refused', rule: 'not worth the move', why: `not worth the move: ${why}`, price };
    return { host, verdict: i === 0 ? 'chosen' : 'possible', rule: null, why: `nearer its peers: ${why}`, price };
  });
  const [first] = candidates;
  return {
    best: first !== undefined && first.price.total < -NO_GAIN ? first : null,
    options: [...options, ...refused],
  };
};

type Talker = { readonly vm: VmState; readonly row: number };

/** VMs that talk and may move. */
const talkersOf = (d: Draft): readonly Talker[] => {
  const { forwarding, world } = d.room;
  if (forwarding === null) return [];
  const settled = new Set(d.moves.map((m) => m.vm));
  return [...forwarding.rowOfVm].flatMap(([id, row]) => {
    const vm = world.vms.get(id);
    if (vm === undefined || settled.has(id) || vm.vmState === 'stopped') return [];
    return d.room.at.has(id) && immovable(d.room, vm) === null ? [{ vm, row }] : [];
  });
};

/** The most moves from the front after which no more single host failures strand VMs than without any; the rest is undone. */
const keepSafe = (d: Draft, made: readonly Move[]): readonly Move[] => {
  const { room } = d;
  const place = (move: Move, dest: string): void => relocate(room, room.world.vms.get(move.vm)!, dest);
  const asleep = new Set(emptiedHosts(d));
  let done = made.length;
  const upTo = (n: number): boolean => {
    for (; done > n; done--) place(made[done - 1]!, made[done - 1]!.source);
    for (; done < n; done++) place(made[done]!, made[done]!.dest);
    return safetyOf(movedState(room.world.state, room.at, asleep)).failures <= d.failures;
  };
  if (made.length === 0 || !room.settings.keepN1 || upTo(made.length)) return made;
  let safe = 0;
  for (let unsafe = made.length; unsafe - safe > 1;) {
    const middle = (safe + unsafe) >> 1;
    if (upTo(middle)) safe = middle;
    else unsafe = middle;
  }
  upTo(safe);
  return made.slice(0, safe);
};

/**
 * Moves talkers to hosts of their peers, one by one, as long as what forwarding and links gain weighs more than the move, the
 * watts and the SLA risk. No host is woken or put to sleep by it, no VM that the plan moves already moves twice, and N+1 is kept
 * as for hosts that sleep.
 */
export const gather = (d: Draft): void => {
  const { forwarding } = d.room;
  if (forwarding === null) return;
  const { matrix } = forwarding.load;
  const talkers = talkersOf(d);
  const made: Move[] = [];
  const stays = new Map<VmState, readonly Option[]>();
  const moved = new Set<string>();
  const look = ({ vm, row }: Talker): Looked => optionsOf(d, vm, peerHosts(d, matrix, row, d.room.at.get(vm.id)!));
  for (let pass = 0; pass < PASSES; pass++) {
    const before = made.length;
    // Those first that gain most as things stand; what they do changes what the others gain, so each is looked at again.
    const waiting = talkers
      .filter(({ vm }) => !moved.has(vm.id))
      .map((talker) => ({ talker, gain: -(look(talker).best?.price.total ?? 0) }))
      .sort((a, b) => b.gain - a.gain || (a.talker.vm.id < b.talker.vm.id ? -1 : 1));
    for (const { talker } of waiting) {
      const { vm } = talker;
      const { best, options } = look(talker);
      stays.delete(vm);
      if (best !== null) {
        moved.add(vm.id);
        made.push({ ...moveOf(d, vm, best.host, 'traffic', options), order: d.moves.length + made.length + 1 });
        relocate(d.room, vm, best.host);
      } else if (options.length > 0) stays.set(vm, options);
    }
    if (made.length === before) break;
  }
  const kept = keepSafe(d, made);
  d.moves.push(...kept);
  for (const { vm, name, source, options } of made.slice(kept.length)) {
    const why = 'nearer its peers it would leave VMs without a home after one more host failure';
    d.refused.push({ entity: `vm:${vm}`, name, host: source, why, options });
  }
  for (const [vm, options] of stays) {
    const [nearest] = options;
    refuse(d, vm, `it talks to VMs elsewhere, and stays: ${nearest?.host ?? ''} ${nearest?.why ?? ''}`, options);
  }
};
