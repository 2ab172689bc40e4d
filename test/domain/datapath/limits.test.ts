// What a user-space datapath needs, and how fast a disk is read for a block copy.
import { expect, test } from 'vitest';
import { readRate, type StorageEngineName } from '../../../domain/datapath/storage-engine.ts';
import { bufferMiB, userSpaceLimits } from '../../../domain/datapath/user-space-limits.ts';

const SEED_HOST = {
  cores: 8,
  pmdThreads: 2,
  guestVcpus: 2,
  guestRamMiB: 2048,
  hugePageMiB: 1024,
  hugePages: 4,
  portMtus: [1500, 1500],
  receiveQueues: 2,
};

test('ports of one MTU share their buffers; a jumbo port needs its own', () => {
  expect(bufferMiB([1500, 1500, 1400])).toBe(bufferMiB([1500]));
  expect(bufferMiB([1500, 9000])).toBeGreaterThan(bufferMiB([1500]) + bufferMiB([9000]) - 1);
});

test('a host that fits says so; one page, core or queue less is named', () => {
  const fits = userSpaceLimits(SEED_HOST);
  expect(fits).toMatchObject({ feasible: true, hugePagesNeeded: 3, coresLeft: 4, idleCpuPercent: 200, problems: [] });
  expect(userSpaceLimits({ ...SEED_HOST, hugePages: 2 }).problems[0]).toContain('3 huge pages of 1024 MiB');
  expect(userSpaceLimits({ ...SEED_HOST, cores: 4 }).feasible).toBe(false);
  expect(userSpaceLimits({ ...SEED_HOST, pmdThreads: 0 }).feasible).toBe(false);
  const idle = userSpaceLimits({ ...SEED_HOST, receiveQueues: 1 });
  expect([idle.feasible, idle.problems.length]).toEqual([true, 1]);
});

const nvme = { requestBytes: 65_536, inFlight: 16, deviceBytesPerS: 3e9, deviceLatencyUs: 80 };

test('engines keep their order, no engine reads faster than the device, and a slow disk hides them', () => {
  const engines: readonly StorageEngineName[] = ['threads', 'native', 'io_uring'];
  const cpu = engines.map((engine) => {
    const read = readRate({ ...nvme, engine, requestBytes: 4096, inFlight: 512 });
    return read.cpuPercent / read.bytesPerS;
  });
  expect(cpu).toEqual(cpu.toSorted((a, b) => b - a));
  for (const engine of engines) {
    expect(readRate({ ...nvme, engine }).bytesPerS).toBeLessThanOrEqual(3e9);
    expect(readRate({ ...nvme, engine, deviceBytesPerS: 2e8, inFlight: 64 }).limit).toBe('device');
  }
  expect(readRate({ ...nvme, engine: 'threads', requestBytes: 4096, inFlight: 1 }).limit).toBe('latency');
  expect(readRate({ ...nvme, engine: 'threads', requestBytes: 4096, inFlight: 64 }).limit).toBe('cpu');
});
