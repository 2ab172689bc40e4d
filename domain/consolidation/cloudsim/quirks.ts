// What CloudSim 3.0.3 does that a data centre would not: each peculiarity has a name and can be switched off alone.

/** True means "as CloudSim 3.0.3 does it". */
export type Quirks = {
  /** A VM whose demand is exactly zero is taken for finished and leaves the simulation for good. */
  readonly zeroDemandEnds: boolean;
  /** A host that was given a VM by the overload part may be emptied in the same tick, so that VM is planned twice. */
  readonly freshTargetsEmptied: boolean;
  /** Waking an empty host is charged P(u) - P(0) only: its idle power is free when targets are compared. */
  readonly idlePowerFree: boolean;
  /** RAM constrains the first placement but no migration. */
  readonly ramIgnored: boolean;
  /** The regression of LR and LRR weighs all ten points alike: the tricube weights are computed and not used. */
  readonly regressionUnweighted: boolean;
  /** A target counts the whole demand of a VM still on its way in, so every migration "violates" its target. */
  readonly incomingDemandWhole: boolean;
};

export type QuirkName = keyof Quirks;

/** CloudSim 3.0.3 as it is. */
export const CLOUDSIM_QUIRKS: Quirks = {
  zeroDemandEnds: true,
  freshTargetsEmptied: true,
  idlePowerFree: true,
  ramIgnored: true,
  regressionUnweighted: true,
  incomingDemandWhole: true,
};

export const QUIRK_NAMES = Object.keys(CLOUDSIM_QUIRKS) as readonly QuirkName[];

export const isQuirk = (name: string): name is QuirkName => Object.hasOwn(CLOUDSIM_QUIRKS, name);

/** What CloudSim does, in a sentence each. */
export const QUIRK_WORDS: Readonly<Record<QuirkName, string>> = {
  zeroDemandEnds: 'A VM that asks for no CPU leaves the simulation for good.',
  freshTargetsEmptied: 'A host that just took a VM may be emptied in the same tick, and its VM moved twice.',
  idlePowerFree: 'Starting an empty host is charged without its idle power.',
  ramIgnored: 'RAM limits the first placement but no migration.',
  regressionUnweighted: 'Local regression computes its weights and does not use them.',
  incomingDemandWhole: 'A target counts the whole demand of a VM on its way in, so every move violates its SLA.',
};

/** CloudSim with the named peculiarities corrected. */
export const withoutQuirks = (...off: readonly QuirkName[]): Quirks => ({
  ...CLOUDSIM_QUIRKS,
  ...Object.fromEntries(off.map((name) => [name, false])),
});
