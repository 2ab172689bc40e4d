// What fits: for each flavor how many more in every zone, what limits them, and what lies stranded for the chosen one.
import { useMemo } from 'preact/hooks';
import { type Fit, fitOf } from '../../domain/capacity/fit.ts';
import { ANYWHERE, type FlavorSize } from '../../domain/capacity/flavors.ts';
import { LIMIT_WORDS } from '../../domain/capacity/slots.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { count, mebibytes, plural } from '../../domain/readout/words.ts';

type Props = {
  readonly state: ClusterState;
  readonly flavors: readonly FlavorSize[];
  readonly flavor: FlavorSize | null;
  /** The CPU ratio tried on every host; null for their own. */
  readonly ratio: number | null;
  readonly onChoose: (name: string) => void;
};

const Amount = ({ n, most }: { readonly n: number; readonly most: number }) => (
  <span class="fit-amount">
    <i style={{ width: `${most === 0 ? 0 : Math.max(n === 0 ? 0 : 2, (n / most) * 56)}px` }} />
    {n === 0 ? <b class="critical-ink">none</b> : <b>{count(n)}</b>}
  </span>
);

const Stranded = ({ fit }: { readonly fit: Fit }) => (
  <p class="pad fit-note">
    With {count(fit.count)} more {fit.name} placed, {mebibytes(fit.stranded.MEMORY_MB)} RAM and{' '}
    {count(fit.stranded.VCPU)} vCPUs stay free where no other fits whole
    {fit.bound > fit.count && `; moving VMs together could win at most ${count(fit.bound - fit.count)} more`}.
    {fit.unknownHosts.length > 0 &&
      ` The capacity of ${plural(fit.unknownHosts.length, 'host')} is not in the log; nothing is counted there.`}
  </p>
);

export const WhatFits = ({ state, flavors, flavor, ratio, onChoose }: Props) => {
  const fits = useMemo(() => flavors.map((f) => ({ size: f, fit: fitOf(state, f, ANYWHERE) })), [state, flavors]);
  const zones = [...new Set(fits.flatMap(({ fit }) => Object.keys(fit.byZone)))].sort();
  const most = Math.max(0, ...fits.flatMap(({ fit }) => Object.values(fit.byZone)));
  const chosen = fits.find(({ size }) => size.name === flavor?.name)?.fit ?? null;
  return (
    <div class="card" data-testid="what-fits">
      <h2>
        What fits <small>one flavor at a time{ratio === null ? '' : `, at ${ratio} : 1`}; local disk asked for</small>
      </h2>
      {fits.length === 0 ? (
        <p class="empty pad">The log describes no flavor and no VM of a known size up to this instant.</p>
      ) : (
        <div class="scroll">
          <table class="rows fits">
            <thead>
              <tr>
                <th>Flavor</th>
                <th>size</th>
                {zones.map((zone) => (
                  <th key={zone}>{zone}</th>
                ))}
                <th class="right">in all</th>
                <th class="right">limited by</th>
              </tr>
            </thead>
            <tbody>
              {fits.map(({ size, fit }) => (
                <tr key={size.name} class={size.name === flavor?.name ? 'on' : ''} onClick={() => onChoose(size.name)}>
                  <td>
                    <button type="button" class="link" aria-pressed={size.name === flavor?.name}>
                      <b>{size.name}</b>
                    </button>
                  </td>
                  <td class="muted">
                    {size.vcpus} vCPU, {mebibytes(size.ramMiB)}
                  </td>
                  {zones.map((zone) => (
                    <td key={zone}>
                      <Amount n={fit.byZone[zone] ?? 0} most={most} />
                    </td>
                  ))}
                  <td class="right">{count(fit.count)}</td>
                  <td class="right muted">{fit.limitedBy === null ? 'unknown' : LIMIT_WORDS[fit.limitedBy]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen !== null && <Stranded fit={chosen} />}
    </div>
  );
};
