// What a target is judged by, and what each of these is worth: every weight by name, in watts.

/** Watts that one of each is worth. */
export type PlanWeights = {
  readonly watts: number;
  readonly freeHost: number;
  readonly lackingCore: number;
  readonly forwardingCore: number;
  readonly crossGbps: number;
};

/**
 * A core is weighed with the 70 W that a core of 2.4 GHz costs at 0.03 W a MIPS, as in `../network/objective.ts`; one that
 * VMs would lack with seventeen times that (0.5 W a MIPS); a host kept on for nothing with what servers draw idle.
 */
export const PLAN_WEIGHTS: PlanWeights = {
  watts: 1,
  freeHost: 60,
  lackingCore: 1200,
  forwardingCore: 70,
  crossGbps: 1,
};

export const PLAN_WEIGHT_WORDS: Readonly<Record<keyof PlanWeights, string>> = {
  watts: 'a watt the target draws more',
  freeHost: 'a whole host left free, by the scarcer of CPU and RAM: what is spread thin cannot sleep',
  lackingCore: 'a core that would lack if all VMs of the target reached the peaks of their histories at once: SLA risk',
  forwardingCore: 'a core that all datapaths together take more for the recorded traffic',
  crossGbps: 'a Gbit/s more on the links between hosts',
};

/** The amounts a target is judged by, and their weighed sum. */
export type Price = { readonly [W in keyof PlanWeights]: number } & { readonly total: number };
