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

export const firstFitTree = (bins: number): FirstFitTree => {
  let leaves = 1;
  while (leaves < bins) leaves *= 2;
  const maxCpu = new Float64Array(2 * leaves).fill(Number.NEGATIVE_INFINITY);
  const maxRam = new Float64Array(2 * leaves).fill(Number.NEGATIVE_INFINITY);
  const lift = (node: number): void => {
    maxCpu[node] = Math.max(maxCpu[2 * node]!, maxCpu[2 * node + 1]!);
    maxRam[node] = Math.max(maxRam[2 * node]!, maxRam[2 * node + 1]!);
  };
  const update = (bin: number, cpu: number, ram: number): void => {
    let node = leaves + bin;
    maxCpu[node] = cpu;
    maxRam[node] = ram;
    for (node >>= 1; node >= 1; node >>= 1) lift(node);
  };
  const has = (node: number, cpu: number, ram: number): boolean => maxCpu[node]! >= cpu && maxRam[node]! >= ram;
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
      if (!has(node, cpu, ram)) return -1;
      for (;;) {
        if (node >= leaves) return node - leaves;
        if (has(2 * node, cpu, ram)) {
          node = 2 * node;
          continue;
        }
        // A subtree may have both maxima in different bins: climb until a right sibling might do.
        node = 2 * node + 1;
        while (!has(node, cpu, ram)) {
          while ((node & 1) === 1) node >>= 1;
          if (node === 0) return -1;
          node++;
        }
      }
    },
  };
};
