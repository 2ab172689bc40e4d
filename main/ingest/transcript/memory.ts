// What a reader of the document knows so far: where each VM was last seen, what it boots from, which pool is mounted.
import type { Directory } from './directory.ts';

export type Storage = 'local' | 'shared' | 'volume';

/** Changed in place while the second pass walks down the document. */
export type Memory = {
  readonly directory: Directory;
  /** What the file is called. */
  readonly fileName: string;
  /** Last known host of a VM (by address); absent after a move whose destination the scheduler chose. */
  readonly hostOf: Map<string, string>;
  readonly storageOf: Map<string, Storage>;
  /** VMs and networks that some fact already introduced. */
  readonly met: Set<string>;
  /** The bootable volume made last: what `<id of bootable vol created above>` means. */
  volume: { readonly address: string; readonly sizeGiB: number } | null;
  /** The pool mounted at Nova's instances path. */
  instancesPool: string | null;
};

export const newMemory = (directory: Directory, fileName: string): Memory => ({
  directory,
  fileName,
  hostOf: new Map(),
  storageOf: new Map(),
  met: new Set(),
  volume: null,
  instancesPool: null,
});

/** Where Nova keeps instances' disks unless told otherwise (`instances_path`). */
export const INSTANCES_PATH = '/var/lib/nova/instances';
