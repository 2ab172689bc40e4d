// What a conformance part is: a comparison with something we did not write, printed as an error table.
export type Check = {
  /** What was compared, e.g. "precopy / link: total time median". */
  readonly name: string;
  /** The measured error or count, already in the unit of `limit`. */
  readonly value: number;
  /** The tolerance the issue or the source sets; null when the figure is informative only (then it cannot fail). */
  readonly limit: number | null;
  readonly unit: string;
  /** Passes when value <= limit ("at most", the default) or value >= limit ("at least"). */
  readonly sense?: 'at most' | 'at least';
};

export type PartReport = {
  readonly checks: readonly Check[];
  /** Things that did not run, each with its reason. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  /** Further lines worth reading under the table (worst cases, the textbook model beside ours). */
  readonly notes: readonly string[];
};

export type Part = {
  readonly name: 'seed' | 'nova' | 'qemu' | 'ovs' | 'datapath' | 'neat' | 'cloudsim';
  /** Files the part needs, relative to the data directory; if one is missing the part is not run. */
  readonly needs: readonly string[];
  /** dataDir has the layout of test/conformance/data (or UNDERSTUDY_CONFORMANCE). */
  readonly run: (dataDir: string) => Promise<PartReport>;
};
