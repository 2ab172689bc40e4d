// Which links a migration crosses: host adapters, uplinks of racks, and a separate network for migration where there is one.

/** Full duplex: each adapter and each uplink is one link out and one in. Bytes a second. */
export type MigrationNetwork = {
  readonly hosts: readonly { readonly name: string; readonly rack: string; readonly nicBytesPerS: number }[];
  /** A rack without an uplink of its own hangs on a core that limits nobody. */
  readonly racks: readonly { readonly name: string; readonly uplinkBytesPerS: number }[];
};

/** Capacities in a fixed order, and the way from one host to another as indices into them. */
export type Paths = {
  readonly capacities: readonly number[];
  /** Names for reports: `compute-1 out`, `rack-a in`. */
  readonly names: readonly string[];
  /** Index of the way out of a host; the way in is the next one. Null when the host is not in the network. */
  readonly adapter: (host: string) => number | null;
  /** The same of a rack's uplink; null where it has none of its own. */
  readonly uplink: (rack: string) => number | null;
  /** Null when a host is not in the network. */
  readonly path: (source: string, dest: string) => readonly number[] | null;
};

export const pathsOf = (network: MigrationNetwork): Paths => {
  const capacities: number[] = [];
  const names: string[] = [];
  const pair = (name: string, bytesPerS: number): number => {
    names.push(`${name} out`, `${name} in`);
    return capacities.push(bytesPerS, bytesPerS) - 2;
  };
  const hosts = new Map(network.hosts.map((h) => [h.name, { rack: h.rack, link: pair(h.name, h.nicBytesPerS) }]));
  const racks = new Map(network.racks.map((r) => [r.name, pair(r.name, r.uplinkBytesPerS)]));
  const path = (source: string, dest: string): readonly number[] | null => {
    const from = hosts.get(source);
    const to = hosts.get(dest);
    if (from === undefined || to === undefined) return null;
    if (from.rack === to.rack) return [from.link, to.link + 1];
    const up = racks.get(from.rack);
    const down = racks.get(to.rack);
    return [from.link, ...(up === undefined ? [] : [up]), ...(down === undefined ? [] : [down + 1]), to.link + 1];
  };
  return {
    capacities,
    names,
    adapter: (host) => hosts.get(host)?.link ?? null,
    uplink: (rack) => racks.get(rack) ?? null,
    path,
  };
};
