// What a dumped table contradicts: each mistake by its name, other numbering by none, and silence where the record knows too little.
import { expect, test } from 'vitest';
import { type Dump, dumpAnomaly, dumpLints } from '../../../domain/network/dump-findings.ts';
import { hostOverlay, type OverlayChoice } from '../../../domain/network/cloud-overlay.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { dialectOf, dumpFlows } from '../../../domain/network/host-flows.ts';
import { numberingOf } from '../../../domain/network/numbering.ts';
import { hostState, vmState } from '../drill/states.ts';
import { overlaid, portState } from './clouds.ts';

const hosts = [1, 2, 3].map((n) => hostState(`h${n}`, { vtepIp: `192.0.2.${n}` }));
const vms = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => vmState(id, `h${(i % 3) + 1}`));
const ports = vms.map((v, i) => portState(v.id, v.host, i + 1));
const state = overlaid({ hosts, vms, ports });
const seen = cloudOf(state);

const tableOf = (choice: OverlayChoice, host = 'h1'): readonly string[] => {
  const overlay = hostOverlay(seen, choice, host, numberingOf([seen.cloud]));
  return dumpFlows(overlay.agents.get(host)!, 'br-tun', overlay.config, dialectOf(choice.style));
};
const dump = (flows: readonly string[]): Dump => ({
  host: 'h1',
  bridge: 'br-tun',
  at: '2026-11-20T10:00:00.000Z',
  seq: 7,
  flows,
});
const codes = (flows: readonly string[]): string[] => dumpLints({ state, seen }, dump(flows)).map(({ code }) => code);

const CHOICES = (['master', 'classic'] as const).flatMap((style) =>
  (['no-l2pop', 'l2pop', 'l2pop-arp'] as const).map((mode) => ({ style, mode })),
);
const table = tableOf({ style: 'master', mode: 'l2pop-arp' });
const unicast = (mac: string): string => table.find((l) => l.startsWith('table=20, ') && l.includes(`dl_dst=${mac}`))!;
const [B, C] = ['fa:16:3e:00:00:02', 'fa:16:3e:00:00:03'];
const port = (line: string): string => /output:(\d+)/.exec(line)![1]!;

test.each(CHOICES)(
  'a table as $style Neutron writes it in mode $mode is right, whoever numbered its ports',
  (choice) => {
    const flows = tableOf(choice);
    expect(codes(flows)).toEqual([]);
    const moved = flows.map((l) =>
      l
        .replace(/in_port=(\d+)/, (_, p) => `in_port=${Number(p) + 9}`)
        .replace(/output:(\d+)/g, (_, p) => `output:${Number(p) + 9}`),
    );
    expect(codes(moved)).toEqual([]);
  },
);

test('after a migration the entry still leads to where the VM was', () => {
  const stale = unicast(B).replace(`output:${port(unicast(B))}`, `output:${port(unicast(C))}`);
  const lints = dumpLints({ state, seen }, dump(table.map((l) => (l === unicast(B) ? stale : l))));
  expect(lints).toEqual([{ code: 'stale-fdb', host: 'h1', detail: `h1 sends ${B} to h3, but it lives on h2` }]);
  expect(dumpAnomaly(dump([]), lints)).toMatchObject({
    rule: 'flows-disagree',
    severity: 'contradiction',
    entity: 'host:h1',
    seq: 7,
    detail: expect.stringContaining(`h1 sends ${B} to h3, but it lives on h2.`) as string,
  });
});

test('a wrong VNI, a flood that misses a host, an entry that is gone, and one nobody knows', () => {
  expect(codes(table.map((l) => l.replace('tun_id=0x64', 'tun_id=0x65')))).toEqual(['segment-mismatch']);
  const short = table.map((l) => (l.startsWith('table=22, priority=1') ? l.replace(/,output:\d+$/, '') : l));
  expect(codes(short)).toEqual(['missing-flood']);
  expect(codes(table.filter((l) => l !== unicast(C)))).toEqual(['missing-fdb']);
  expect(codes([...table, 'table=0,priority=77,in_port=99 actions=drop'])).toEqual(['flows-differ']);
});

test('a table of ports the record never heard of proves nothing, and a bridge that is not Neutron’s is not judged', () => {
  const strange = table.map((l) => l.replaceAll('fa:16:3e:00', 'fa:16:3e:77').replace(/priority=\d+/, 'priority=9'));
  expect(codes(strange)).toEqual([]);
  expect(dumpLints({ state, seen }, { ...dump(table), bridge: 'br-ex' })).toEqual([]);
  expect(dumpLints({ state, seen }, { ...dump(table), host: 'h9' })).toEqual([]);
});
