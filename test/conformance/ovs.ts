// Part ovs: the overlay against recordings of Neutron and Open vSwitch.
import { checkCounts } from './ovs-counts.ts';
import { readRecordings } from './ovs-record.ts';
import { checkSteps } from './ovs-steps.ts';
import { checkTraces } from './ovs-traces.ts';
import type { Part } from './part.ts';

export const ovs: Part = {
  name: 'ovs',
  needs: ['ovs/steps'],
  run: (dataDir) => {
    const recordings = readRecordings(dataDir);
    const steps = checkSteps(recordings);
    const counts = checkCounts(dataDir);
    const traces = checkTraces(dataDir, recordings);
    return Promise.resolve({
      checks: [...steps.checks, ...counts.checks, ...traces.checks],
      skipped: [],
      notes: [...steps.notes, ...counts.notes, ...traces.notes],
    });
  },
};
