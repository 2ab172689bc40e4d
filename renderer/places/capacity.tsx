// Capacity: what still fits, how long it lasts, what another ratio would do, and every host's books.
import { useMemo, useState } from 'preact/hooks';
import { flavorsOf } from '../../domain/capacity/flavors.ts';
import { withRatios } from '../../domain/capacity/what-if.ts';
import type { ClusterState, HostState } from '../../domain/readout/state.ts';
import { useDesk } from '../session/desk.ts';
import { mebibytes, plural } from '../../domain/readout/words.ts';
import { InventoryTable } from './inventory-table.tsx';
import { RatioCard } from './ratio-card.tsx';
import { RunwayCard } from './runway-card.tsx';
import { WhatFits } from './what-fits.tsx';

/** Sums over hosts that can take VMs: up, enabled and with a known inventory. */
const sum = (hosts: readonly HostState[], field: (h: HostState) => number | null): number =>
  hosts.reduce((n, h) => n + (field(h) ?? 0), 0);

const Board = ({ state }: { readonly state: ClusterState }) => {
  /** Null: every host's own. */
  const [ratio, setRatio] = useState<number | null>(null);
  const flavors = useMemo(() => flavorsOf(state), [state]);
  const [chosen, choose] = useState<string | null>(null);
  const flavor =
    flavors.find((f) => f.name === chosen) ?? flavors.find((f) => f.name === 'm1.large') ?? flavors[0] ?? null;
  const assumed = useMemo(
    () => (ratio === null ? state : withRatios(state, { vcpu: ratio, ram: null, disk: null })),
    [state, ratio],
  );
  return (
    <div class="capacity-grid">
      <WhatFits state={assumed} flavors={flavors} flavor={flavor} ratio={ratio} onChoose={choose} />
      <div class="capacity-side">
        <RatioCard state={state} flavor={flavor} ratio={ratio} onRatio={setRatio} />
        <RunwayCard />
      </div>
      <InventoryTable hosts={state.hosts} />
    </div>
  );
};

export const CapacityPlace = () => {
  const desk = useDesk();
  const state = desk.states.value.value;
  const failure = desk.states.failure.value;
  const usable = (state?.hosts ?? []).filter((h) => h.up !== false && h.enabled !== false);
  const ram = sum(usable, (h) => h.ramMiB);
  const ramUsed = sum(usable, (h) => (h.ramMiB === null ? 0 : h.ramMiBUsed));
  return (
    <>
      <div class="top">
        <h1>Capacity</h1>
        {state !== null && ram > 0 && (
          <p>
            {mebibytes(ram - ramUsed)} of {mebibytes(ram)} RAM free on {plural(usable.length, 'host')} that can take
            VMs, before ratios and reservations
          </p>
        )}
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {state !== null &&
        (state.hosts.length === 0 ? (
          <p class="empty pad">No hosts are recorded up to this instant.</p>
        ) : (
          <Board state={state} />
        ))}
    </>
  );
};
