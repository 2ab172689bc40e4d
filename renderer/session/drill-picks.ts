// What a click on the map means while a drill is planned, and which hosts the plan hits.
import type { Racks } from '../../domain/drill/faults/failure-domains.ts';
import type { HostTile, Picture } from '../../domain/readout/picture-types.ts';
import type { Pick as Picks } from './drill-plan.ts';

export const torStep = (rack: string): string => `fail tor ${rack}`;
const TOR = /^fail tor (.+)$/;

/** The rack whose switch a step cuts off; null for any other step. */
const rackCut = (step: string): string | null => TOR.exec(step)?.[1] ?? null;

/** The map with other racks in place of its own; null leaves it as it is. */
export const withRacksOf = (picture: Picture, racks: Racks | null): Picture =>
  racks === null
    ? picture
    : { ...picture, hosts: picture.hosts.map((host) => ({ ...host, rack: racks[host.name] ?? null })) };

/** Hosts the plan hits: those picked, and those behind a switch that is picked. */
export const hostsHit = (
  picture: Pick<Picture, 'hosts'>,
  picked: readonly string[],
  steps: readonly string[],
): readonly string[] => {
  const racks = new Set(steps.map(rackCut).filter((rack) => rack !== null));
  const behind = picture.hosts.filter((h) => h.rack !== null && racks.has(h.rack)).map((h) => h.name);
  return [...new Set([...picked, ...behind])];
};

/** A click in mode `rack` or `az`: all of its hosts, or none where all were picked. A host without one stands for itself. */
export const toggleDomain = (
  hosts: readonly HostTile[],
  picked: readonly string[],
  host: HostTile,
  pick: Exclude<Picks, 'host' | 'tor'>,
): readonly string[] => {
  const domain = host[pick];
  const same = domain === null ? [host.name] : hosts.filter((h) => h[pick] === domain).map((h) => h.name);
  return same.every((name) => picked.includes(name))
    ? picked.filter((name) => !same.includes(name))
    : [...new Set([...picked, ...same])];
};
