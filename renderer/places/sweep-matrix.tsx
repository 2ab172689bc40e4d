// Pairs that must not fail together as a matrix of hosts: a mark where row and column leave VMs without a home, by their RAM.
import { useMemo } from 'preact/hooks';
import { leftOver } from '../../domain/drill/sweep/words.ts';
import type { SweepResult } from '../../domain/drill/sweep/sweep.ts';
import { useDesk } from '../session/desk.ts';

const CELL = 7;
/** More hosts than this are too many to tell apart; the list says the same. */
const MOST_HOSTS = 64;

const MIB_PER_GIB = 1024;
/** Upper ends of the steps of RAM without a home, GiB; what is more is the last. */
const STEPS = [8, 16, 32, 64] as const;

/** 1..5: how much RAM finds no home. */
const stepOf = (ramMiB: number): number => {
  const step = STEPS.findIndex((gib) => ramMiB < gib * MIB_PER_GIB);
  return step < 0 ? STEPS.length + 1 : step + 1;
};

const Legend = () => (
  <p class="matrix-key" aria-hidden="true">
    {STEPS.map((gib, i) => (
      <span key={gib}>
        <i class={`step-${i + 1}`} />
        &lt; {gib}
      </span>
    ))}
    <span>
      <i class={`step-${STEPS.length + 1}`} />
      more GiB homeless
    </span>
  </p>
);

export const SweepMatrix = ({ result }: { readonly result: SweepResult }) => {
  const desk = useDesk();
  const hosts = useMemo(
    () => (desk.states.value.value?.hosts ?? []).filter((h) => h.up !== false && !h.forcedDown).map((h) => h.name),
    [desk.states.value.value],
  );
  if (hosts.length > MOST_HOSTS || hosts.length === 0) return null;
  const row = new Map(hosts.map((name, i) => [name, i]));
  const side = hosts.length * CELL;
  const cells = result.failing.flatMap((set) => {
    const [a, b] = [row.get(set.hosts[0] ?? ''), row.get(set.hosts[1] ?? '')];
    return a === undefined || b === undefined ? [] : [{ set, x: Math.max(a, b) * CELL, y: Math.min(a, b) * CELL }];
  });
  return (
    <div class="matrix">
      <svg
        class="sweep-matrix"
        width={side + 2}
        height={side + 2}
        viewBox={`-1 -1 ${side + 2} ${side + 2}`}
        role="img"
        aria-label={`${cells.length} of ${result.total} pairs of hosts must not fail together`}
      >
        <path class="half" d={`M0 0H${side}V${side}Z`} />
        {cells.map(({ set, x, y }) => (
          <rect
            key={set.hosts.join()}
            x={x}
            y={y}
            width={CELL - 1}
            height={CELL - 1}
            class={`step-${stepOf(set.ramMiB)}`}
            onClick={() => (desk.faults.value = set.hosts)}
          >
            <title>{`${set.hosts.join(' and ')}: ${leftOver(set)}`}</title>
          </rect>
        ))}
      </svg>
      <Legend />
    </div>
  );
};
