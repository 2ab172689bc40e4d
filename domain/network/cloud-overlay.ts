// Builds as much of a seen cloud's overlay as a question needs: one host's tables, or one network everywhere.
import type { SeenCloud } from './from-state.ts';
import { type Numbering, numberingOf } from './numbering.ts';
import type { Mode, Overlay, Style } from './overlay.ts';
import { type CloudDescription, settledOverlay } from './settled-overlay.ts';

export type OverlayChoice = { readonly mode: Mode; readonly style: Style };

/** Today's Neutron as most run it; `l3Plugin` as every cloud with routers has it. */
export const DEFAULT_CHOICE: OverlayChoice = { mode: 'l2pop-arp', style: 'master' };

const L3_PLUGIN = true;

/** What one host's agent ever hears of: every host and network, and the ports of the networks it has a port of. Numbers of the
 * host are the same in it as in the whole cloud. */
export const cloudAround = (cloud: CloudDescription, host: string): CloudDescription => {
  const networks = new Set(cloud.ports.filter((p) => p.host === host).map((p) => p.network));
  return { ...cloud, ports: cloud.ports.filter((p) => networks.has(p.network)) };
};

/** The tables of one host; the others exist, but hear nothing. */
export const hostOverlay = (
  { cloud }: Pick<SeenCloud, 'cloud'>,
  choice: OverlayChoice,
  host: string,
  numbering: Numbering,
): Overlay =>
  settledOverlay({ ...choice, l3Plugin: L3_PLUGIN }, cloudAround(cloud, host), new Set([host]), numbering).overlay;

/** All hosts, with the ports of one network: what a packet of it can meet. Local VLANs keep networks apart, so nothing of the
 * others is on its way, and a cloud of any size stays traceable. Numbers are those of the whole cloud. */
export const networkOverlay = (seen: SeenCloud, choice: OverlayChoice, network: string): Overlay => {
  const cloud = { ...seen.cloud, ports: seen.cloud.ports.filter((p) => p.network === network) };
  return settledOverlay({ ...choice, l3Plugin: L3_PLUGIN }, cloud, null, numberingOf([seen.cloud])).overlay;
};
