// Placement's allocations against the record: the pattern of a VM that two hosts are charged for after a move.
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { clusterState } from '../../../domain/readout/cluster-state.ts';
import type { Format } from '../../../main/ingest/format.ts';
import type { Incoming } from '../../../main/ingest/incoming.ts';
import { listing } from '../../../main/ingest/listing.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { factsOf, itemsOf, text } from './reading.ts';

const VM = '2aa3a324-bf22-4e0c-912a-d7c52f59f1fd';
const [ONE, TWO] = ['57b0e4d5-3a3e-4cf3-ba8c-b88c8ce4679b', '6cbb84b0-02f4-4ee3-9df2-151475b1effe'];
const PROVIDERS = [
  '[root@ctl ~]# openstack resource provider list',
  '+--------------------------------------+-----------+------------+',
  '| uuid                                 | name      | generation |',
  '+--------------------------------------+-----------+------------+',
  `| ${ONE} | compute-1 | 443        |`,
  `| ${TWO} | compute-2 | 282        |`,
  '+--------------------------------------+-----------+------------+',
];
const SHOW = [
  '[root@ctl ~]# nova show web',
  '+----------------------+--------------------------------------+',
  '| Property             | Value                                |',
  '+----------------------+--------------------------------------+',
  `| id                   | ${VM} |`,
  '| name                 | web                                  |',
  '| status               | ACTIVE                               |',
  '| OS-EXT-SRV-ATTR:host | compute-2                            |',
  '+----------------------+--------------------------------------+',
];
const ALLOCATIONS = [
  `[root@ctl ~]# openstack resource provider allocation show ${VM}`,
  '+--------------------------------------+------------+-----------------------------------------------+',
  '| resource_provider                    | generation | resources                                     |',
  '+--------------------------------------+------------+-----------------------------------------------+',
  `| ${ONE} |        443 | {'MEMORY_MB': 8192, 'VCPU': 4, 'DISK_GB': 80} |`,
  `| ${TWO} |        282 | {'MEMORY_MB': 8192, 'VCPU': 4, 'DISK_GB': 80} |`,
  '+--------------------------------------+------------+-----------------------------------------------+',
];

const anomalies = (...files: readonly (readonly [Format, Incoming])[]) => {
  const cluster = emptyCluster();
  const facts = files.flatMap(([format, file]) => factsOf(format, file));
  facts.forEach((fact, i) => fold(cluster, { ...fact, seq: seq(i + 1), source: 's' }));
  return clusterState(cluster, { timeline: 'main', seq: seq(1), at: instant(0) }).anomalies.map((a) => [
    a.rule,
    a.detail,
  ]);
};

test('a session that shows the VM on one host and its allocations on two', () => {
  const found = anomalies([transcript, text(...PROVIDERS, ...SHOW, ...ALLOCATIONS)]);
  expect(found).toEqual([
    ['allocation-left', expect.stringContaining('charges compute-1 for web (4 vCPU, 8192 MiB, 80 GiB)')],
  ]);
});

test('without the list of providers nobody knows whose allocations they are', () => {
  const items = itemsOf(transcript, text(...SHOW, ...ALLOCATIONS)).filter((item) => item.kind === 'refused');
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject({ why: expect.stringContaining('whose name the document does not give') });
});

test('a provider’s own allocations, saved as JSON', () => {
  const shown = {
    uuid: ONE,
    name: 'compute-1',
    generation: 443,
    root_provider_uuid: ONE,
    allocations: { [VM]: { resources: { VCPU: 4, MEMORY_MB: 8192 } } },
  };
  const found = anomalies([transcript, text(...SHOW)], [listing, text(JSON.stringify(shown))]);
  expect(found).toEqual([['allocation-left', expect.stringContaining('charges compute-1 for web (4 vCPU, 8192 MiB)')]]);
  expect(listing.sniff(JSON.stringify(shown), 'provider.json')).toBeGreaterThan(0);
});

test('how to print may be said after whose allocations are asked for', () => {
  const [asked = '', ...printed] = ALLOCATIONS;
  const told = (command: string) =>
    factsOf(transcript, text(...PROVIDERS, command, ...printed)).filter(
      (fact) => fact.type === 'vm.allocations_reported',
    );
  expect(told(asked)).toHaveLength(1);
  for (const how of ['-f table', '--format table -c resource_provider -c resources']) {
    expect(told(`${asked} ${how}`).map(({ entity, data }) => [entity, data])).toEqual(
      told(asked).map(({ entity, data }) => [entity, data]),
    );
  }
});

test('how to print may be said before whose VM is shown', () => {
  const shown = SHOW.filter((line) => !line.includes('| name ') && !line.includes('| id '));
  const command = 'openstack server show -f table -c status web';
  const facts = factsOf(transcript, text(command, ...shown.slice(1)));
  expect(facts.map((fact) => fact.entity)).toEqual(['vm:web', 'vm:web']);
});
