// The list of conformance parts, in the order they are printed.
import { cloudsim } from './cloudsim.ts';
import { datapath } from './datapath.ts';
import { neat } from './neat.ts';
import { ovs } from './ovs.ts';
import type { Part } from './part.ts';
import { qemu } from './qemu.ts';
import { seed } from './seed.ts';

export const parts: readonly Part[] = [seed, qemu, neat, cloudsim, ovs, datapath];
