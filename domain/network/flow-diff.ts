// The difference between two flow tables, as lines that appeared and lines that went.

export type FlowDiff = { readonly added: readonly string[]; readonly removed: readonly string[] };

/** Compares two dumps as sets of lines; order of the dump is kept. */
export const diffFlows = (before: readonly string[], after: readonly string[]): FlowDiff => {
  const [old, now] = [new Set(before), new Set(after)];
  return { added: after.filter((line) => !old.has(line)), removed: before.filter((line) => !now.has(line)) };
};
