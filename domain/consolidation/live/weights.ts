// What a plan is judged by, and what each of these is worth: every weight by name, in watts.

/** Watts that one of each is worth. */
export type PlanWeights = {
  readonly watts: number;
  readonly freeHost: number;
  readonly lackingCore: number;
  readonly movedGiB: number;
  readonly forwardingCore: number;
  readonly crossGbps: number;
};

/**
 * A core is weighed with the 70 W that a core of 2.4 GHz costs at 0.03 W a MIPS, as in `../network/objective.ts`; one that
 * VMs would lack with seventeen times that (0.5 W a MIPS); a host kept on for nothing with what servers draw idle. A GiB
 * to send keeps a core busy at both ends and slows its VM by a tenth for about a second, 400 J: 0.1 W over the hour a plan is
 * to last, and two and a half times that because a move may fail and is not taken back for a trifle.
 */
export const PLAN_WEIGHTS: PlanWeights = {
  watts: 1,
  freeHost: 60,
  lackingCore: 1200,
  movedGiB: 0.25,
  forwardingCore: 70,
  crossGbps: 1,
};

export const PLAN_WEIGHT_WORDS: Readonly<Record<keyof PlanWeights, string>> = {
  watts: 'a watt more that hosts draw',
  freeHost: 'a whole host left free on the target, by the scarcer of CPU and RAM: what is spread thin cannot sleep',
  lackingCore: 'a core that would lack if all VMs of a host reached the peaks of their histories at once: SLA risk',
  movedGiB: 'a GiB of memory and local disk to send: what the migration costs',
  forwardingCore: 'a core that all datapaths together take more for the recorded traffic',
  crossGbps: 'a Gbit/s more on the links between hosts',
};

/** The amounts that are weighed. */
export type Amounts = { readonly [W in keyof PlanWeights]: number };

/** The amounts of one choice, and their weighed sum in watts. */
export type Price = Amounts & { readonly total: number };

const NAMES = Object.keys(PLAN_WEIGHTS) as readonly (keyof PlanWeights)[];

export const priced = (amounts: Amounts, weights: PlanWeights): Price => ({
  ...amounts,
  total: NAMES.reduce((sum, name) => sum + weights[name] * amounts[name], 0),
});

const UNITS: Readonly<Record<keyof PlanWeights, readonly [digits: number, words: string]>> = {
  watts: [1, 'W'],
  freeHost: [2, 'hosts left free'],
  lackingCore: [2, 'cores lacking at peaks'],
  movedGiB: [1, 'GiB to send'],
  forwardingCore: [2, 'cores of forwarding'],
  crossGbps: [2, 'Gbit/s between hosts'],
};

const signed = (x: number, digits: number): string => `${x < 0 ? '-' : '+'}${Math.abs(x).toFixed(digits)}`;

/** `-58.4 W, +12.0 GiB to send`: the named amounts that are not nothing. */
export const amountWords = (amounts: Amounts, names: readonly (keyof PlanWeights)[] = NAMES): string =>
  names
    .flatMap((name) => {
      const [digits, words] = UNITS[name];
      return Math.abs(amounts[name]) < 0.5 * 10 ** -digits ? [] : [`${signed(amounts[name], digits)} ${words}`];
    })
    .join(', ');
