// Numbers ports and local VLANs by name, so that tables of two instants differ only where the cloud does.
import type { Environment } from './environment.ts';
import { PATCH_OFPORT } from './overlay.ts';
import type { CloudDescription } from './settled-overlay.ts';
import { tunnelPortName } from './tunnel-port.ts';

export type Numbering = Pick<Environment, 'ofport' | 'localVlan'>;

/** Local VLAN ids Neutron hands out (neutron_lib.constants.MAX_VLAN_TAG). */
const MAX_VLAN = 4094;

/** One past the patch port. */
const FIRST = PATCH_OFPORT + 1;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Numbers for everything in any of the clouds, the same on every host: a tunnel by the place of its far host, a network by its
 * place among all, an interface by its port's place on its host. A real switch numbers by arrival, which no log tells. */
export const numberingOf = (clouds: readonly CloudDescription[]): Numbering => {
  const vteps = new Map(clouds.flatMap((c) => c.hosts.map((h) => [h.host, h.vtepIp] as const)));
  const types = [...new Set(clouds.flatMap((c) => c.tunnelTypes))].sort();
  const tunnels = [...vteps]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([, ip]) => types.map((t) => tunnelPortName(t, ip)));
  const ofTunnel = new Map(tunnels.map((name, i) => [name, FIRST + i]));

  const networks = [...new Set(clouds.flatMap((c) => c.networks.map((n) => n.id)))].sort();
  const ofNetwork = new Map(networks.map((id, i) => [id, i + 1]));

  const onHost = new Map<string, string[]>();
  for (const { host, vif } of clouds.flatMap((c) => c.ports)) {
    if (host === null) continue;
    const list = onHost.get(host);
    if (list === undefined) onHost.set(host, [vif]);
    else list.push(vif);
  }
  const physical = [...new Set(clouds.flatMap((c) => Object.values(c.bridgeMappings)))].sort();
  const ofVif = new Map(
    [...onHost].map(([host, vifs]) => {
      const names = [...physical.map((bridge) => `int-${bridge}`), ...[...new Set(vifs)].sort()];
      return [host, new Map(names.map((name, i) => [name, FIRST + i]))];
    }),
  );
  return {
    ofport: (host, bridge, port) => (bridge === 'br-tun' ? ofTunnel.get(port) : ofVif.get(host)?.get(port)) ?? null,
    // More networks than tags: only those on a host take one, and the agent chooses.
    localVlan: (_, network) => (networks.length > MAX_VLAN ? null : (ofNetwork.get(network) ?? null)),
  };
};
