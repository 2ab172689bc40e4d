// Every schema at the door admits exactly what its line in the contract says: proved by the compiler, sampled here.
import type { Static } from 'typebox';
import Value from 'typebox/value';
import { expect, test } from 'vitest';
import type { CallName, Input } from '../../../domain/contract/contract.ts';
import { inputSchemas } from '../../../main/service/input-schemas.ts';

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;
type Checked<N extends CallName> = Frozen<Static<(typeof inputSchemas)[N]>>;
/** `true` where both admit the same, so that a change to one side alone does not compile. */
type Agrees<N extends CallName> = [Checked<N>] extends [Input<N>]
  ? [Input<N>] extends [Checked<N>]
    ? true
    : 'the contract admits more than the schema'
  : 'the schema admits more than the contract';

const agreement: { readonly [N in CallName]: Agrees<N> } = {
  'log.info': true,
  'view.picture': true,
  'view.state': true,
  'view.density': true,
  'view.marks': true,
  'view.story': true,
  'view.why': true,
  'view.machine': true,
  'view.anomalies': true,
  'report.cluster': true,
  'view.events': true,
  'view.step': true,
  'view.find': true,
  'view.diff': true,
  'view.downTimes': true,
  'network.overview': true,
  'network.flows': true,
  'network.flowDiff': true,
  'network.observedFlows': true,
  'network.trace': true,
  'network.reach': true,
  'network.load': true,
  'network.messages': true,
  'network.blackout': true,
  'network.traffic': true,
  'branch.create': true,
  'branch.rename': true,
  'branch.drop': true,
  'branch.addVm': true,
  'branch.record': true,
  'intake.import': true,
  'drill.run': true,
  'drill.save': true,
  'drill.sweep': true,
  'capacity.runway': true,
  'capacity.keep': true,
  'consolidate.experiment': true,
  'consolidate.plan': true,
  'plan.check': true,
  'plan.predict': true,
  'plan.make': true,
};

test('every call of the contract has a schema, and no other', () => {
  expect(Object.keys(inputSchemas).sort()).toEqual(Object.keys(agreement).sort());
});

test.each<[CallName, unknown]>([
  ['log.info', { more: 1 }],
  ['view.state', { timeline: '', at: null }],
  ['view.state', { timeline: 'main', at: { at: 'noon', seq: null } }],
  ['view.density', { timeline: 'main', from: 0, to: 1, buckets: 1e9 }],
  ['view.step', { timeline: 'main', at: { at: 0, seq: null }, direction: 0, to: 'event' }],
  [
    'branch.addVm',
    { timeline: 'b', at: null, name: 'v', host: 'h', vcpus: 0, ramMiB: 1, diskGiB: 1, storage: 'local' },
  ],
  ['branch.record', { timeline: 'b', at: null, type: 'host.reported', entity: 'host:a', data: 7 }],
  ['network.trace', { timeline: 'main', at: null, from: 'a', to: null, packet: null, faults: [''] }],
  [
    'consolidate.experiment',
    { experiment: 'best', policies: [], workload: { kind: 'recorded', timeline: 'm', at: 0 } },
  ],
  ['consolidate.plan', { timeline: 'main', at: null, settings: { keepN1: 'yes' }, branch: null }],
  ['drill.run', { timeline: 'main', at: null, fail: [''], branch: 'b', settings: {}, assume: null }],
  ['drill.run', { timeline: 'main', at: null, fail: ['h'], branch: 'b', settings: { threads: 0.5 }, assume: null }],
])('%s refuses %j', (name, input) => {
  expect(Value.Check(inputSchemas[name], input)).toBe(false);
});
