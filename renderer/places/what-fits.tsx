// What fits: for each flavor how many more in every zone and aggregate, what limits them, and why the next one does not fit.
import { useMemo } from 'preact/hooks';
import { type Fit, fitOf } from '../../domain/capacity/fit.ts';
import { ANYWHERE, type FlavorSize } from '../../domain/capacity/flavors.ts';
import { LIMIT_WORDS } from '../../domain/capacity/slots.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { count, mebibytes, plural, signed } from '../../domain/readout/words.ts';

type Props = {
  readonly state: ClusterState;
  /** The cluster as it is, where `state` is under assumptions. */
  readonly now: ClusterState | null;
  readonly flavors: readonly FlavorSize[];
  readonly flavor: FlavorSize | null;
  readonly onChoose: (name: string) => void;
};

const BAR = 34;

const Amount = ({ n, most }: { readonly n: number; readonly most: number }) => (
  <span class="fit-amount">
    <i style={{ width: `${most === 0 ? 0 : Math.max(n === 0 ? 0 : 2, (n / most) * BAR)}px` }} />
    {n === 0 ? <b class="critical-ink">none</b> : <b>{count(n)}</b>}
  </span>
);

/** Why the next one finds no host, and what would help. */
const Next = ({ fit }: { readonly fit: Fit }) => (
  <p class="pad fit-note">
    {fit.next.smallestChange !== null && (
      <>
        For one more {fit.name}: <b>{fit.next.smallestChange}</b>.{' '}
      </>
    )}
    {mebibytes(fit.stranded.MEMORY_MB)} RAM and {count(Math.round(fit.stranded.VCPU))} vCPUs then lie where no other
    fits whole
    {fit.bound > fit.count && `; moving VMs together wins at most ${count(fit.bound - fit.count)}`}.
    {fit.offline.hosts > 0 &&
      ` ${plural(fit.offline.hosts, 'host')} down or disabled would take ${count(fit.offline.count)}.`}
    {fit.unknownHosts.length > 0 &&
      ` The capacity of ${plural(fit.unknownHosts.length, 'host')} is not in the log; nothing is counted there.`}
  </p>
);

const namesIn = (fits: readonly { readonly fit: Fit }[], field: 'byZone' | 'byAggregate'): readonly string[] =>
  [...new Set(fits.flatMap(({ fit }) => Object.keys(fit[field])))].sort();

export const WhatFits = ({ state, now, flavors, flavor, onChoose }: Props) => {
  const fits = useMemo(
    () =>
      flavors.map((size) => ({
        size,
        fit: fitOf(state, size, ANYWHERE),
        before: now === null ? null : fitOf(now, size, ANYWHERE).count,
      })),
    [state, now, flavors],
  );
  const [zones, aggregates] = [namesIn(fits, 'byZone'), namesIn(fits, 'byAggregate')];
  const most = Math.max(0, ...fits.flatMap(({ fit }) => Object.values(fit.byZone)));
  const chosen = fits.find(({ size }) => size.name === flavor?.name)?.fit ?? null;
  return (
    <div class="card" data-testid="what-fits">
      <h2>
        What fits{' '}
        <small>{now === null ? 'one flavor at a time; local disk asked for' : 'as assumed, beside now'}</small>
      </h2>
      {fits.length === 0 ? (
        <p class="empty pad">The log describes no flavor and no VM of a known size up to this instant.</p>
      ) : (
        <div class="scroll">
          <table class={`rows fits ${now === null ? '' : 'beside'}`}>
            <thead>
              <tr>
                <th>Flavor</th>
                {now === null && <th class="wide-only">size</th>}
                {zones.map((zone) => (
                  <th key={zone}>{zone}</th>
                ))}
                {aggregates.map((name) => (
                  <th key={name} class="right" title={`host aggregate ${name}`}>
                    {name}
                  </th>
                ))}
                <th class="right">in all</th>
                {now !== null && <th class="right">now</th>}
                <th class="right">limited by</th>
              </tr>
            </thead>
            <tbody>
              {fits.map(({ size, fit, before }) => (
                <tr key={size.name} class={size.name === flavor?.name ? 'on' : ''} onClick={() => onChoose(size.name)}>
                  <td>
                    <button type="button" class="link" aria-pressed={size.name === flavor?.name}>
                      <b>{size.name}</b>
                    </button>
                  </td>
                  {now === null && (
                    <td class="muted wide-only">
                      {size.vcpus} vCPU, {mebibytes(size.ramMiB)}
                    </td>
                  )}
                  {zones.map((zone) => (
                    <td key={zone}>
                      <Amount n={fit.byZone[zone] ?? 0} most={most} />
                    </td>
                  ))}
                  {aggregates.map((name) => (
                    <td key={name} class="right">
                      {count(fit.byAggregate[name] ?? 0)}
                    </td>
                  ))}
                  <td class="right">{count(fit.count)}</td>
                  {before !== null && (
                    <td class="right muted">
                      {count(before)}
                      {fit.count !== before && ` (${signed(fit.count - before)})`}
                    </td>
                  )}
                  <td class="right muted">{fit.limitedBy === null ? 'unknown' : LIMIT_WORDS[fit.limitedBy]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {chosen !== null && <Next fit={chosen} />}
    </div>
  );
};
