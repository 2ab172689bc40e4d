// The list of conformance parts, in the order they are printed.
import { cloudsim } from './cloudsim.ts';
import { datapath } from './datapath.ts';
import { neat } from './neat.ts';

import { nova } from './nova.ts';
import { ovs } from './ovs.ts';
import type { Part } from './part.ts';
import { qemu } from './qemu.ts';
import { seed } from './seed.ts';

export const parts: readonly Part[] = [seed, nova, qemu, neat, cloudsim, ovs, datapath];
