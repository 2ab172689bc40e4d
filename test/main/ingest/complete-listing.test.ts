// A complete listing tells that there are no other VMs, so that one that vanished is found; a filtered one tells nothing.
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import { instant } from '../../../domain/base/brand.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { factsOf, text } from './reading.ts';

const A = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
const B = '5374577e-7417-4add-b23f-06de3b42c410';
const RULE = '+--------------------------------------+------+--------+--------------+';
const tableOf = (...ids: readonly string[]): readonly string[] => [
  RULE,
  '| ID                                   | Name | Status | Networks     |',
  RULE,
  ...ids.map((id) => `| ${id} | vm-${id.slice(0, 1)} | ACTIVE | net=10.0.0.3 |`),
  RULE,
];
const session = (command: string, ...ids: readonly string[]): readonly string[] => [
  `[root@ctl ~]# ${command}`,
  ...tableOf(...ids),
];
const listings = (command: string): number =>
  factsOf(transcript, text(...session(command, A))).filter((f) => f.type === 'vm.listing_completed').length;

test.each([
  'nova list --all-tenants',
  'nova list --all-tenants=1 --fields name,status,networks',
  'openstack server list --all-projects --long',
  'openstack --os-cloud prod server list --all-projects --limit -1',
])('%s lists every VM', (command) => expect(listings(command)).toBe(1));

test.each([
  'nova list',
  'openstack server list --long',
  'openstack server list --all-projects --host compute-1',
  'openstack server list --all-projects --limit 10',
  'openstack server list --all-projects --status ERROR',
  'openstack volume list --all-projects',
])('%s does not', (command) => expect(listings(command)).toBe(0));

test('a full page may not be the last', () => {
  const page = Array.from({ length: 1000 }, (_, i) => A.replace(/^.{8}/, i.toString(16).padStart(8, '0')));
  const told = (ids: readonly string[]) =>
    factsOf(transcript, text(...session('nova list --all-tenants', ...ids))).some(
      (f) => f.type === 'vm.listing_completed',
    );
  expect([told(page), told(page.slice(1))]).toEqual([false, true]);
});

test('what is missing from the second listing has disappeared; a damaged row keeps it from being complete', () => {
  const rulesAfter = (...second: readonly string[]) => {
    const cluster = emptyCluster();
    const facts = factsOf(transcript, text(...session('nova list --all-tenants', A, B), ...second));
    facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
    return clusterState(cluster, { timeline: 'main', seq: seq(1), at: instant(0) }).anomalies.map((a) => [
      a.rule,
      a.entity,
    ]);
  };
  const again = session('nova list --all-tenants', A);
  expect(rulesAfter(...again)).toEqual([['vm-disappeared', `vm:${B}`]]);
  expect(rulesAfter(...again.slice(0, 4), '| 5374577e', ...again.slice(4))).toEqual([]);
});
