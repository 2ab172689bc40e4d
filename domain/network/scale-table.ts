// The table behind `overlay --scale`: every mode at every size, in closed form and, where it is quick, also counted.
import type { Mode, OverlayConfig } from './overlay.ts';
import { agentStartLoad } from './scale-load.ts';
import { buildScale, countAll } from './scale-simulate.ts';
import { deliveriesPerMinute, scaleRow, type ScaleRow, type ScaleShape } from './scale.ts';

export const SCALE_MODES: readonly Mode[] = ['no-l2pop', 'l2pop', 'l2pop-arp', 'multicast'];

/** Numbers of hosts of the default table. */
export const SCALE_SIZES: readonly number[] = [10, 100, 1000, 10_000];

export type ScaleOptions = {
  readonly config: Omit<OverlayConfig, 'mode'>;
  readonly hosts: readonly number[];
  readonly vmsPerHost: number;
  readonly vmsPerNetwork: number;
  /** IPv4 addresses of a VM. */
  readonly addresses: number;
  /** VMs created and deleted a minute in the whole cloud. */
  readonly churnPerMinute: number;
  /** Clouds of at most this many VMs are also built and counted. */
  readonly simulateVmsMax: number;
};

/** A cloud that builds in well under a second. */
export const DEFAULT_SCALE: ScaleOptions = {
  config: { style: 'master', l3Plugin: true },
  hosts: SCALE_SIZES,
  vmsPerHost: 20,
  vmsPerNetwork: 40,
  addresses: 1,
  churnPerMinute: 10,
  simulateVmsMax: 500,
};

export type ScaleTableRow = ScaleRow & {
  readonly mode: Mode;
  readonly shape: ScaleShape;
  readonly fdbDeliveriesPerMinute: number;
  /** Messages that agents receive while all of them start, one after the other. */
  readonly startDeliveries: number;
  /** Flows and tunnels counted in a cloud built event by event; null where it was too large to build. */
  readonly counted: { readonly flows: number; readonly tunnels: number } | null;
};

/** One row per size and mode, sizes in the order given. */
export const scaleTable = (options: ScaleOptions): ScaleTableRow[] =>
  options.hosts.flatMap((hosts) => {
    const vms = hosts * options.vmsPerHost;
    const networks = Math.max(1, Math.floor(vms / options.vmsPerNetwork));
    const shape = { hosts, networks, vms, addresses: options.addresses };
    return SCALE_MODES.map((mode): ScaleTableRow => {
      const config = { ...options.config, mode };
      const row = scaleRow(config, shape);
      return {
        ...row,
        mode,
        shape,
        fdbDeliveriesPerMinute: deliveriesPerMinute(row, options.churnPerMinute),
        startDeliveries: mode === 'multicast' ? 0 : agentStartLoad(hosts, 1).deliveries,
        counted: vms <= options.simulateVmsMax ? countAll(buildScale(config, shape)) : null,
      };
    });
  });
