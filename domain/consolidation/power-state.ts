// When hosts sleep and wake: which ones Neat switches, what a nap costs, and when it pays.

/** What it takes to send a host to sleep and bring it back. */
export type SleepCost = {
  readonly suspendS: number;
  readonly wakeS: number;
  /** Watts drawn while going down and coming up. */
  readonly transitionW: number;
  readonly sleepW: number;
};

/**
 * The shortest nap that saves energy, in seconds from the decision to the moment the host is useful again.
 *
 * Staying on costs idleW * t; sleeping costs transitionW * (suspend + wake) + sleepW * (t - suspend - wake). They are equal at
 * t = (transitionW - sleepW) * (suspend + wake) / (idleW - sleepW), and no nap is shorter than the transitions themselves.
 * Infinite when sleeping saves nothing.
 */
export const breakEvenS = (idleW: number, cost: SleepCost): number => {
  const transitionS = cost.suspendS + cost.wakeS;
  if (idleW <= cost.sleepW) return Number.POSITIVE_INFINITY;
  return Math.max(transitionS, ((cost.transitionW - cost.sleepW) * transitionS) / (idleW - cost.sleepW));
};

export type SwitchOffInput = {
  readonly hosts: readonly string[];
  /** Hosts that keep at least one VM after the moves. */
  readonly active: ReadonlySet<string>;
  /** Hosts recorded as off already. */
  readonly off: ReadonlySet<string>;
  /** Hosts left on because something about them is not known. */
  readonly keptOn: ReadonlySet<string>;
};

/**
 * Neat's answer after an underload request: every host that is neither active nor off nor kept on. Any other empty host is
 * switched off too.
 */
export const hostsToSwitchOff = ({ hosts, active, off, keptOn }: SwitchOffInput): readonly string[] =>
  hosts.filter((host) => !active.has(host) && !off.has(host) && !keptOn.has(host));

/** Neat's answer after an overload request: the sleeping hosts that the placement uses, each once. */
export const hostsToWake = (placement: ReadonlyMap<string, string>, off: ReadonlySet<string>): readonly string[] => [
  ...new Set([...placement.values()].filter((host) => off.has(host))),
];
