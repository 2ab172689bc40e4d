// Part ovs: the overlay against recordings of Neutron and Open vSwitch.
import { checkCounts } from './ovs-counts.ts';
import { readRecordings } from './ovs-record.ts';
import { checkSteps } from './ovs-steps.ts';
import type { Part } from './part.ts';

export const ovs: Part = {
  name: 'ovs',
  needs: ['ovs/steps'],
  run: (dataDir) => {
    const steps = checkSteps(readRecordings(dataDir));
    const counts = checkCounts(dataDir);
    return Promise.resolve({
      checks: [...steps.checks, ...counts.checks],
      skipped: [],
      notes: [...steps.notes, ...counts.notes],
    });
  },
};
