// flows --observed: a dump of a host's flows beside what Neutron would program there.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ownFolder, run } from './running.ts';

const dir = ownFolder('flows');
const CLOUD = join(dir, 'cloud.understudy');

type Vm = { readonly host: string | null; readonly addresses: readonly unknown[] };
let here: Vm | undefined;

beforeAll(async () => {
  const made = await run('generate', '--hosts', '6', '--vms', '40', '--days', '1', '--seed', 'net', '--log', CLOUD);
  expect(made).toMatchObject({ status: 0 });
  const { vms } = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as { vms: readonly Vm[] };
  here = vms.find((v) => v.host !== null && v.addresses.length > 0);
});

test('a dump of a host’s flows is compared with what Neutron would program there: other numbers are no difference', async () => {
  const host = here?.host ?? '';
  const { at } = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as { at: string };
  const table = (await run('flows', host, '--log', CLOUD)).out.trimEnd().split('\n');
  // As the switch prints it: with statistics, its own port numbers, and an entry that an agent forgot to remove.
  const dumped = table.map(
    (line, i) =>
      ` cookie=0x8a7e, duration=${i}.5s, ${line.startsWith('table=') ? '' : 'table=0, '}n_packets=${i}, n_bytes=0, ${line
        .replace(/in_port=(\d+)/, (_, port: string) => `in_port=${Number(port) + 30}`)
        .replace(/output:(\d+)/g, (_, port: string) => `output:${Number(port) + 30}`)}`,
  );
  const save = (name: string, lines: readonly string[]): string => {
    const path = join(dir, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const none = await run('flows', host, '--log', CLOUD, '--observed');
  expect(none).toMatchObject({ status: 2, err: expect.stringContaining('No dump of br-tun') as string });
  expect(await run('import', save(`br-tun.${host}.txt`, dumped), '--log', CLOUD, '--at', at)).toMatchObject({
    status: 0,
  });
  const same = await run('flows', host, '--log', CLOUD, '--observed');
  expect(same).toMatchObject({ status: 0 });
  expect(same.out).toContain(`0 flows missing, 0 not Neutron’s, ${table.length} as expected.`);
  const stale = 'table=20,priority=2,dl_vlan=1,dl_dst=fa:16:3e:ff:ff:ff actions=strip_vlan,set_tunnel:0x1,output:40';
  const later = new Date(Date.parse(at) + 60_000).toISOString();
  await run('import', save(`${host}_br-tun.flows`, [...dumped.slice(1), stale]), '--log', CLOUD, '--at', later);
  const other = await run('flows', host, '--log', CLOUD, '--observed', '--json');
  expect(other.status).toBe(1);
  expect(JSON.parse(other.out)).toMatchObject({ missing: [table[0]], extra: [stale], same: table.length - 1 });
  // An action nobody knows is named, never taken for a drop.
  const strange = [...dumped, 'table=20,priority=2,dl_vlan=1,dl_dst=fa:16:3e:ff:ff:fe actions=teleport:3'];
  const latest = new Date(Date.parse(later) + 60_000).toISOString();
  await run('import', save(`br-tun-${host}.flows`, strange), '--log', CLOUD, '--at', latest);
  const unread = await run('flows', host, '--log', CLOUD, '--observed');
  expect(unread).toMatchObject({ status: 1 });
  expect(unread.out).toMatch(
    /not understood, unknown action "teleport": table=20,.*\n0 flows missing, 0 not Neutron’s/,
  );
  // The record carries it: as an anomaly of the state, and of the overlay while no newer dump says otherwise.
  const told = JSON.parse((await run('state', '--log', CLOUD, '--json')).out) as { anomalies: readonly unknown[] };
  const found = {
    rule: 'flows-disagree',
    entity: `host:${host}`,
    severity: 'contradiction',
    at: later.replace('.000Z', 'Z'),
  };
  expect(told.anomalies).toContainEqual(expect.objectContaining(found));
  const before = await run('state', '--log', CLOUD, '--at', at, '--json');
  expect(before.out).not.toContain('flows-disagree');
  expect((await run('overlay', '--log', CLOUD, '--at', later)).out).toContain(
    `stale-fdb  ${host} sends fa:16:3e:ff:ff:ff`,
  );
});
