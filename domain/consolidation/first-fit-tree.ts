// Finds the first of many bins with room in two dimensions without looking at each: a tree of maxima.

export type FirstFitTree = {
  /** Sets a bin before `build`; bins not set have no room at all. */
  readonly set: (bin: number, cpu: number, ram: number) => void;
  readonly build: () => void;
  /** Sets a bin afterwards. */
  readonly update: (bin: number, cpu: number, ram: number) => void;
  readonly take: (bin: number, cpu: number, ram: number) => void;
  /** The lowest bin with at least this much of both, or -1. */
  readonly firstWith: (cpu: number, ram: number) => number;
};

/**
 * @param least the least that will ever be asked for: a bin with less of either counts as full, and is not met again on the
 *   way to others
 */
export const firstFitTree = (bins: number, least: { readonly cpu: number; readonly ram: number }): FirstFitTree => {
  let leaves = 1;
  while (leaves < bins) leaves *= 2;
  const maxCpu = new Float64Array(2 * leaves).fill(Number.NEGATIVE_INFINITY);
  const maxRam = new Float64Array(2 * leaves).fill(Number.NEGATIVE_INFINITY);
  const larger = (a: number, b: number): number => (a > b ? a : b);
  /** Sets a node to the maxima below it; false when they were that already. */
  const lift = (node: number): boolean => {
    const cpu = larger(maxCpu[2 * node]!, maxCpu[2 * node + 1]!);
    const ram = larger(maxRam[2 * node]!, maxRam[2 * node + 1]!);
    if (maxCpu[node] === cpu && maxRam[node] === ram) return false;
    maxCpu[node] = cpu;
    maxRam[node] = ram;
    return true;
  };
  const update = (bin: number, cpu: number, ram: number): void => {
    let node = leaves + bin;
    const isFull = cpu < least.cpu || ram < least.ram;
    maxCpu[node] = isFull ? Number.NEGATIVE_INFINITY : cpu;
    maxRam[node] = isFull ? Number.NEGATIVE_INFINITY : ram;
    do node >>= 1;
    while (node >= 1 && lift(node));
  };
  return {
    set: (bin, cpu, ram) => {
      maxCpu[leaves + bin] = cpu;
      maxRam[leaves + bin] = ram;
    },
    build: () => {
      for (let node = leaves - 1; node >= 1; node--) lift(node);
    },
    update,
    take: (bin, cpu, ram) => update(bin, maxCpu[leaves + bin]! - cpu, maxRam[leaves + bin]! - ram),
    firstWith: (cpu, ram) => {
      let node = 1;
      for (;;) {
        if (maxCpu[node]! >= cpu && maxRam[node]! >= ram) {
          if (node >= leaves) return node - leaves;
          node *= 2;
          continue;
        }
        // Nothing here; a subtree may also have had its two maxima in different bins. On to the next subtree to the right.
        while ((node & 1) === 1) node >>= 1;
        if (node === 0) return -1;
        node++;
      }
    },
  };
};
