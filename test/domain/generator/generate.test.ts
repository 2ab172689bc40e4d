// A generated cluster is the same for the same seed, keeps time, and holds the stories it promises.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { generate } from '../../../domain/generator/generate.ts';
import { generatorOptions } from '../../../domain/generator/options.ts';

const start = instant(Date.parse('2026-11-17T00:00:00Z'));
const log = (seed: string, hosts = 40, vms = 600): Candidate[] => [...generate({ hosts, vms, days: 1, seed, start })];
const tuesday = log('tuesday');
const statuses = (status: string) =>
  tuesday.filter((e) => e.type === 'migration.status_changed' && e.data.status === status).length;

test('the same seed gives the same bytes and another seed does not', () => {
  expect(JSON.stringify(log('tuesday'))).toBe(JSON.stringify(tuesday));
  expect(JSON.stringify(log('wednesday'))).not.toBe(JSON.stringify(tuesday));
});

test('facts come in order of time and stay within the day', () => {
  for (let i = 1; i < tuesday.length; i++) expect(tuesday[i]!.at).toBeGreaterThanOrEqual(tuesday[i - 1]!.at);
  expect(tuesday.at(-1)!.at).toBeLessThan(start + 86_400_000);
});

const inOrder = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).map(([key, inner]) => [key, inOrder(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
};

test('facts have their keys in the order the log stores, so that it need not copy them', () => {
  const others = tuesday.filter(({ data }) => JSON.stringify(data) !== JSON.stringify(inOrder(data)));
  // Only what domain/drill tells of the recoveries, few of many, has them as its author wrote them.
  expect(others.length).toBeLessThan(tuesday.length / 50);
});

test('it starts with the hosts and VMs asked for', () => {
  const count = (type: string) => tuesday.filter((e) => e.type === type && e.at === start).length;
  expect(count('host.reported')).toBe(40);
  expect(count('vm.reported')).toBe(600);
});

test('one host fails, its VMs are evacuated, and one of them ends in ERROR for want of a host', () => {
  expect(tuesday.filter((e) => e.type === 'host.failed')).toHaveLength(1);
  const errors = tuesday.filter((e) => e.type === 'vm.state_changed' && e.data.vmState === 'error');
  expect(errors).toHaveLength(1);
  expect(errors[0]!.data).toMatchObject({ fault: expect.stringContaining('NoValidHost') });
  expect(statuses('done')).toBeGreaterThan(5);
});

test('moves arrive, fail and time out', () => {
  for (const status of ['completed', 'failed', 'cancelled']) expect(statuses(status), status).toBeGreaterThan(0);
});

test('CPU demand is shaped like PlanetLab: quartiles about 2, 6 and 15 percent, mean about 12', () => {
  const samples = tuesday.flatMap((e) =>
    e.type === 'telemetry.sampled' ? [...Buffer.from(e.data.values, 'base64')].filter((v) => v !== 255) : [],
  );
  samples.sort((a, b) => a - b);
  const quantile = (q: number) => samples[Math.floor(q * samples.length)]!;
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  expect(quantile(0.25)).toBeGreaterThanOrEqual(1);
  expect(quantile(0.25)).toBeLessThanOrEqual(4);
  expect(quantile(0.5)).toBeGreaterThanOrEqual(4);
  expect(quantile(0.5)).toBeLessThanOrEqual(8);
  expect(quantile(0.75)).toBeGreaterThanOrEqual(11);
  expect(quantile(0.75)).toBeLessThanOrEqual(19);
  expect(mean).toBeGreaterThan(9);
  expect(mean).toBeLessThan(16);
});

test('impossible wishes are refused with a sentence', () => {
  const o = { hosts: 40, vms: 600, days: 1, seed: 's', start };
  expect(generatorOptions(o)).toMatchObject({ ok: true });
  expect(generatorOptions({ ...o, hosts: 2 })).toEqual({
    ok: false,
    error: 'hosts must be a whole number from 3 to 20000, not 2.',
  });
  for (const bad of [{ vms: 5000 }, { days: 0.5 }, { seed: '' }])
    expect(generatorOptions({ ...o, ...bad }).ok).toBe(false);
});
