// Capacity: what still fits, how long it lasts, what another ratio, release or more hosts would do, and every host's books.
import { useMemo, useState } from 'preact/hooks';
import { flavorsOf } from '../../domain/capacity/flavors.ts';
import { assuming, type Assumptions, NO_ASSUMPTIONS } from '../../domain/capacity/what-if.ts';
import type { ClusterState, HostState } from '../../domain/readout/state.ts';
import { mebibytes, plural } from '../../domain/readout/words.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { AssumeBar, isAssumed } from './assume-bar.tsx';
import { Fragmentation } from './fragmentation.tsx';
import { InventoryTable } from './inventory-table.tsx';
import { RatioCard } from './ratio-card.tsx';
import { RunwayCard } from './runway-card.tsx';
import { WhatFits } from './what-fits.tsx';

/** Sums over hosts that can take VMs: up, enabled and with a known inventory. */
const sum = (hosts: readonly HostState[], field: (h: HostState) => number | null): number =>
  hosts.reduce((n, h) => n + (field(h) ?? 0), 0);

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
  // A host that has gone by the instant shown is no model any more: the question is then about the cluster as it is.
  const assumed = useMemo(() => {
    const then = assuming(state, assume);
    return then.ok ? then.value : state;
  }, [state, assume]);
  const ratio = assume.ratios.vcpu;
  // The slider tries ratios on everything else that is assumed.
  const untried = useMemo(() => {
    const then = assuming(state, { ...assume, ratios: NO_ASSUMPTIONS.ratios });
    return then.ok ? then.value : state;
  }, [state, assume]);
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
  const usable = (state?.hosts ?? []).filter((h) => h.up !== false && h.enabled !== false);
  const offline = (state?.hosts.length ?? 0) - usable.length;
  const ram = sum(usable, (h) => h.ramMiB);
  const ramUsed = sum(usable, (h) => (h.ramMiB === null ? 0 : h.ramMiBUsed));
  return (
    <>
      <div class="top">
        <h1>Capacity</h1>
        {state !== null && ram > 0 && (
          <p>
            {mebibytes(ram - ramUsed)} of {mebibytes(ram)} RAM free on {plural(usable.length, 'host')}
            {offline > 0 && `; ${plural(offline, 'host')} down or disabled not counted`}
          </p>
        )}
        <span class="sp" />
        {state !== null && state.hosts.length > 0 && (
          <AssumeBar hosts={state.hosts} assume={assume} onAssume={setAssume} />
        )}
      </div>
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
