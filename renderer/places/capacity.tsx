// Capacity: what still fits, how long it lasts, what another ratio, release or more hosts would do, and every host's books.
import { useMemo, useState } from 'preact/hooks';
import { flavorsOf } from '../../domain/capacity/flavors.ts';
import { assuming, type Assumptions, NO_ASSUMPTIONS } from '../../domain/capacity/what-if.ts';
import { freeOf } from '../../domain/capacity/slots.ts';
import { worldOf } from '../../domain/drill/world.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { capacity } from '../../domain/scheduling/inventory.ts';
import { mebibytes, plural } from '../../domain/readout/words.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { AssumeBar, isAssumed } from './assume-bar.tsx';
import { Fragmentation } from './fragmentation.tsx';
import { InventoryTable } from './inventory-table.tsx';
import { RatioCard } from './ratio-card.tsx';
import { RunwayCard } from './runway-card.tsx';
import { WhatFits } from './what-fits.tsx';

/** RAM that VMs can have, after reservation and ratio, on the hosts that take some: up, enabled and with a known inventory. */
const ramRoom = (state: ClusterState): { readonly free: number; readonly all: number; readonly hosts: number } => {
  const open = [...worldOf(state).hosts.values()].filter((h) => h.up !== false && h.enabled !== false);
  const known = open.flatMap((h) => {
    const inventory = h.inventories.MEMORY_MB;
    return inventory === null ? [] : [{ free: freeOf(h, 'MEMORY_MB'), all: capacity(inventory) }];
  });
  const sum = (of: (h: { free: number; all: number }) => number): number => known.reduce((n, h) => n + of(h), 0);
  return { free: sum((h) => h.free), all: sum((h) => h.all), hosts: open.length };
};

const assumedState = (state: ClusterState, assume: Assumptions): ClusterState => {
  const then = assuming(state, assume);
  // A host that has gone by the instant shown is no model any more: the question is then about the cluster as it is.
  return then.ok ? then.value : state;
};

const Room = ({ state }: { readonly state: ClusterState }) => {
  const { free, all, hosts } = useMemo(() => ramRoom(state), [state]);
  const closed = state.hosts.length - hosts;
  if (all === 0) return <span class="spring" />;
  return (
    <p class="figures">
      <span>
        {mebibytes(free)} of {mebibytes(all)} RAM free
      </span>
      <span>on {plural(hosts, 'host')}</span>
      {closed > 0 && <span>{plural(closed, 'host')} down or disabled not counted</span>}
    </p>
  );
};

const BOOKS = [
  ['rooms', 'Fragmentation'],
  ['hosts', 'Hosts'],
] as const;
type Books = (typeof BOOKS)[number][0];

type BoardProps = {
  readonly state: ClusterState;
  readonly assume: Assumptions;
  readonly onAssume: (a: Assumptions) => void;
};

const Board = ({ state, assume, onAssume }: BoardProps) => {
  const flavors = useMemo(() => flavorsOf(state), [state]);
  const [chosen, choose] = useState<string | null>(null);
  const [books, open] = useState<Books>('rooms');
  const flavor =
    flavors.find((f) => f.name === chosen) ?? flavors.find((f) => f.name === 'm1.large') ?? flavors[0] ?? null;
  const assumed = useMemo(() => assumedState(state, assume), [state, assume]);
  const ratio = assume.ratios.vcpu;
  // The slider tries ratios on everything else that is assumed.
  const untried = useMemo(() => assumedState(state, { ...assume, ratios: NO_ASSUMPTIONS.ratios }), [state, assume]);
  const tryRatio = (vcpu: number | null): void => onAssume({ ...assume, ratios: { ...assume.ratios, vcpu } });
  return (
    <div class="capacity-grid">
      <WhatFits
        state={assumed}
        now={isAssumed(assume) ? state : null}
        flavors={flavors}
        flavor={flavor}
        onChoose={choose}
      />
      <RunwayCard state={state} assume={isAssumed(assume) ? assume : null} />
      <RatioCard state={untried} flavor={flavor} ratio={ratio} onRatio={tryRatio} />
      <div class="card" data-testid="books">
        <h2>
          <Segments label="What is shown of the hosts" value={books} choices={BOOKS} onChoose={open} class="small" />
        </h2>
        {books === 'hosts' ? (
          <InventoryTable hosts={assumed.hosts} />
        ) : (
          flavor !== null && <Fragmentation state={assumed} flavor={flavor} />
        )}
      </div>
    </div>
  );
};

export const CapacityPlace = () => {
  const desk = useDesk();
  const [assume, setAssume] = useState<Assumptions>(NO_ASSUMPTIONS);
  const state = desk.states.value.value;
  const failure = desk.states.failure.value;
  return (
    <>
      <div class="top">
        <h1>Capacity</h1>
        {state !== null && <Room state={assumedState(state, assume)} />}
      </div>
      {state !== null && state.hosts.length > 0 && (
        <AssumeBar hosts={state.hosts} assume={assume} onAssume={setAssume} />
      )}
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {state !== null &&
        (state.hosts.length === 0 ? (
          <p class="empty pad">No hosts are recorded up to this instant.</p>
        ) : (
          <Board state={state} assume={assume} onAssume={setAssume} />
        ))}
    </>
  );
};
