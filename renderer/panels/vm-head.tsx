// A VM in the inspector: name, Nova's three states as three chips, and its facts.
import type { ClusterState, VmState } from '../../domain/readout/state.ts';
import { useDesk } from '../session/desk.ts';
import { gibibytes, mebibytes, percent, shortId } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { EntityLink, Facts, type Fact } from './facts.tsx';
import { Title } from './title.tsx';

const STORAGE: Readonly<Record<NonNullable<VmState['storage']>, string>> = {
  local: 'local disk, lost with its host',
  shared: 'shared storage',
  volume: 'volume-backed',
};

const StateChips = ({ vm }: { readonly vm: VmState }) => (
  <div class="row wrap chips">
    <span class={`badge chip ${vm.vmState === 'error' ? 'bad' : 'neu'}`}>
      {vm.vmState === 'error' && <Glyph name="error" size={10} />}
      vmState {vm.vmState ?? 'unknown'}
    </span>
    {vm.taskState === null ? (
      <span class="badge chip neu doubt">no task</span>
    ) : (
      <span class="badge chip mot">
        <Glyph name="rebuild" size={11} />
        {vm.taskState}
      </span>
    )}
    <span class={`badge chip neu ${vm.powerState === null ? 'doubt' : ''}`}>
      powerState {vm.powerState ?? 'unknown'}
    </span>
  </div>
);

const flavorOf = (vm: VmState): string | null => {
  const parts = [
    vm.vcpus === null ? null : `${vm.vcpus} vCPU`,
    vm.ramMiB === null ? null : mebibytes(vm.ramMiB),
    vm.diskGiB === null ? null : gibibytes(vm.diskGiB),
  ].filter((p) => p !== null);
  const size = parts.length === 0 ? null : parts.join(', ');
  if (vm.flavor === null) return size;
  return size === null ? vm.flavor : `${vm.flavor}: ${size}`;
};

export const VmHead = ({ vm, state }: { readonly vm: VmState; readonly state: ClusterState }) => {
  const desk = useDesk();
  const move = state.migrations.find((m) => m.vm === vm.id && m.endedAt === null);
  const host = state.hosts.find((h) => h.name === vm.host);
  const link = (name: string | null) =>
    name === null ? (
      'none'
    ) : (
      <EntityLink
        name={name}
        tone={host?.up === false && name === vm.host ? 'critical-ink' : ''}
        onOpen={() => desk.select(`host:${name}`)}
      />
    );
  const facts: Fact[] = [];
  if (move === undefined) {
    facts.push([
      'host',
      <>
        {link(vm.host)} {vm.hostEvidence !== 'observed' && <span class="evidence">{vm.hostEvidence}</span>}
      </>,
    ]);
  } else {
    facts.push([
      `${move.type}, ${move.status}`,
      <>
        {link(move.source)} → {link(move.dest)}
      </>,
    ]);
  }
  const pool = vm.pool === null || vm.storage === null ? '' : `, ${vm.pool}`;
  facts.push(['storage', vm.storage === null ? null : `${STORAGE[vm.storage]}${pool}`], ['size', flavorOf(vm)]);
  if (vm.addresses.length > 0) facts.push(['addresses', vm.addresses.map((a) => `${a.ip} on ${a.network}`).join(', ')]);
  if (vm.image !== null) facts.push(['image', vm.image]);
  if (vm.serverGroup !== null) {
    const group = state.serverGroups.find((g) => g.id === vm.serverGroup || g.name === vm.serverGroup);
    facts.push(['server group', group === undefined ? vm.serverGroup : `${group.name}, ${group.policy}`]);
  }
  const volumes = state.volumes.filter((v) => v.vm === vm.id);
  if (volumes.length > 0) {
    facts.push([
      'volumes',
      volumes
        .map((v) => `${v.name === '' ? shortId(v.id) : v.name}${v.device === null ? '' : ` (${v.device})`}`)
        .join(', '),
    ]);
  }
  if (vm.cpu !== null && vm.cpu >= 0) facts.push(['CPU sampled', percent(vm.cpu)]);
  return (
    <>
      <section>
        <Title name={vm.name === '' ? shortId(vm.id) : vm.name} id={vm.id} />
        <StateChips vm={vm} />
        {vm.fault !== null && <p class="failure">{vm.fault}</p>}
      </section>
      <section>
        <Facts facts={facts} />
      </section>
    </>
  );
};
