// Where every VTEP stands on the ring of the tunnel map, and which of them a network joins.
import type { NetworkOverview, OverviewHost } from '../../domain/network/overview.ts';

export type RingPoint = { readonly host: OverviewHost; readonly x: number; readonly y: number; readonly angle: number };

export type Ring = {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** In the order of `overview.hosts`. */
  readonly points: readonly RingPoint[];
  readonly racks: readonly { readonly name: string; readonly x: number; readonly y: number }[];
};

const RACK_GAP = 0.6; // of a host's arc, between racks
const LABEL_ROOM = 20;
const TURN = Math.PI * 2;

const byRack = (a: OverviewHost, b: OverviewHost): number =>
  (a.rack ?? '').localeCompare(b.rack ?? '') || a.name.localeCompare(b.name, 'en', { numeric: true });

/** A ring of all VTEPs, rack beside rack, the first at the top. */
export const layoutRing = (
  overview: NetworkOverview,
  centre: { readonly x: number; readonly y: number },
  r: number,
): Ring => {
  const order = overview.hosts.map((host, i) => ({ host, i })).sort((a, b) => byRack(a.host, b.host));
  const racks = [...new Set(order.map((o) => o.host.rack))];
  const slots = order.length + racks.length * RACK_GAP;
  const angles = new Map<number, number>();
  const middles = new Map<string, number[]>();
  for (const [k, { host, i }] of order.entries()) {
    const angle = -Math.PI / 2 + ((k + 0.5 + racks.indexOf(host.rack) * RACK_GAP) / slots) * TURN;
    angles.set(i, angle);
    if (host.rack !== null) middles.set(host.rack, [...(middles.get(host.rack) ?? []), angle]);
  }
  const at = (angle: number, radius: number) => ({
    x: centre.x + Math.cos(angle) * radius,
    y: centre.y + Math.sin(angle) * radius,
  });
  return {
    ...centre,
    r,
    points: overview.hosts.map((host, i) => {
      const angle = angles.get(i) ?? 0;
      return { host, angle, ...at(angle, r) };
    }),
    racks: [...middles].map(([name, all]) => ({
      name,
      ...at((all[0] ?? 0) / 2 + (all.at(-1) ?? 0) / 2, r + LABEL_ROOM),
    })),
  };
};

/** The point within `reach` px of (x, y); null when none is. */
export const hitRing = (ring: Ring, x: number, y: number, reach: number): number | null => {
  let best: number | null = null;
  let least = reach;
  for (const [i, p] of ring.points.entries()) {
    const d = Math.hypot(p.x - x, p.y - y);
    if (d <= least) [best, least] = [i, d];
  }
  return best;
};

/** Unordered pairs of hosts that share any network: the tunnels l2population builds. Capped, as more lines than that are a disc. */
export const sharedPairs = (overview: NetworkOverview, most: number): readonly (readonly [number, number])[] => {
  const seen = new Set<number>();
  const pairs: [number, number][] = [];
  const n = overview.hosts.length;
  for (const { hosts } of overview.networks) {
    for (const [k, a] of hosts.entries()) {
      for (const b of hosts.slice(k + 1)) {
        const key = a * n + b;
        if (seen.has(key)) continue;
        if (pairs.length === most) return pairs;
        seen.add(key);
        pairs.push([a, b]);
      }
    }
  }
  return pairs;
};

/** All unordered pairs, capped as above. */
export const allPairs = (hosts: number, most: number): readonly (readonly [number, number])[] => {
  const pairs: [number, number][] = [];
  for (let a = 0; a < hosts; a++) for (let b = a + 1; b < hosts && pairs.length < most; b++) pairs.push([a, b]);
  return pairs;
};
