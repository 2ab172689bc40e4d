// Part ovs: the overlay against recordings of Neutron and Open vSwitch, and against a running Open vSwitch.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkCounts } from './ovs-counts.ts';
import { checkLive } from './ovs-live.ts';
import { readRecordings } from './ovs-record.ts';
import { checkSteps } from './ovs-steps.ts';
import { checkTraces } from './ovs-traces.ts';
import type { Part, PartReport } from './part.ts';

const TRACE_FILES = ['ovs/traces.jsonl.gz', 'ovs/trace-contexts.json'];

export const ovs: Part = {
  name: 'ovs',
  needs: ['ovs/steps'],
  run: async (dataDir) => {
    const recordings = readRecordings(dataDir);
    const missing = TRACE_FILES.filter((file) => !existsSync(join(dataDir, file)));
    const traces: PartReport =
      missing.length === 0
        ? checkTraces(dataDir, recordings)
        : { checks: [], notes: [], skipped: [{ name: 'ovs: traces', why: `${missing.join(', ')} not in ${dataDir}` }] };
    const reports: PartReport[] = [checkSteps(recordings), checkCounts(dataDir), traces, await checkLive()];
    return {
      checks: reports.flatMap((r) => r.checks),
      skipped: reports.flatMap((r) => r.skipped),
      notes: reports.flatMap((r) => r.notes),
    };
  },
};
