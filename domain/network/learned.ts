// What traffic teaches a host: MAC addresses on br-int, flows in table 20 of br-tun, each with its time of death.
import { flowKey, type Flow } from './flow.ts';

/** Open vSwitch's `mac-aging-time`: an entry not seen for this long is forgotten. */
export const MAC_AGING_MS = 300_000;

/** Number by which OpenFlow knows the bridge's own port. */
export const LOCAL_PORT = 65534;

type Timed<T> = { readonly value: T; readonly expiresAtMs: number };

/** Memory of one host. Mutable; `nowMs` is the caller's clock in milliseconds. */
export class Learned {
  readonly #macs = new Map<string, Timed<number>>();
  readonly #flows = new Map<string, Timed<Flow>>();

  /** Notes that this MAC, in this VLAN (0: untagged), was seen on a port of br-int; a later sight moves it there. */
  sawMac(vlan: number, mac: bigint, ofport: number, nowMs: number): void {
    this.#macs.set(`${vlan}/${mac}`, { value: ofport, expiresAtMs: nowMs + MAC_AGING_MS });
  }

  /** Port of br-int behind which the MAC is; null when unknown or aged out. */
  portOf(vlan: number, mac: bigint, nowMs: number): number | null {
    const entry = this.#macs.get(`${vlan}/${mac}`);
    return entry !== undefined && nowMs < entry.expiresAtMs ? entry.value : null;
  }

  /** A learned flow replaces one with the same match and priority, and its hard timeout starts again. */
  addFlow(flow: Flow, nowMs: number): void {
    const expiresAtMs = flow.hardTimeoutS === 0 ? Infinity : nowMs + flow.hardTimeoutS * 1000;
    this.#flows.set(flowKey(flow), { value: flow, expiresAtMs });
  }

  /** Flows of br-tun that are alive. */
  flows(nowMs: number): Flow[] {
    return [...this.#flows.values()].filter((f) => nowMs < f.expiresAtMs).map((f) => f.value);
  }
}
