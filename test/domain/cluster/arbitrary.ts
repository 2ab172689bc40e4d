// Random but well-formed events of every type in the dictionary, made from the very schemas that guard the log's door.
import fc from 'fast-check';
import { instant, seq } from '../../../domain/base/brand.ts';
import { dictionary, EVIDENCE, type LogEvent } from '../../../domain/events/dictionary.ts';
import { START } from './facts.ts';

type Schema = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
};

/** Few names, so that events meet: a name is a host, a VM, a migration at once. */
const NAMES = ['a', 'b', '10.0.0.7'];
const name = fc.constantFrom(...NAMES);
/** Small enough that sums of them are exact. */
const count = fc.nat({ max: 64 });

const arbitraryOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, value]) => [key, arbitraryOf(value)])),
        { requiredKeys: [...(schema.required ?? [])], noNullPrototype: true },
      );
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), { maxLength: 3 });
    case 'string':
      return name;
    case 'integer':
    case 'number':
      return count;
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case undefined:
    default:
      throw new Error(`no arbitrary for ${JSON.stringify(schema)}`);
  }
};

const KIND_OF: Readonly<Record<string, string>> = {
  command: 'vm',
  telemetry: 'roster',
  traffic: 'cluster',
  fault: 'cluster',
  drill: 'cluster',
  note: 'cluster',
};

/** Events that change much meet more often than they would among forty types. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'vm.reported': 8,
  'vm.state_changed': 4,
  'migration.accepted': 6,
  'migration.status_changed': 10,
};

const drafts = dictionary.map((entry) => ({
  weight: WEIGHTS[entry.type] ?? 1,
  arbitrary: fc.record({
    type: fc.constant(entry.type),
    v: fc.constant(entry.v),
    data: arbitraryOf(entry.data as unknown as Schema),
    entity: name.map((id) => {
      const noun = entry.type.slice(0, entry.type.indexOf('.'));
      return `${KIND_OF[noun] ?? noun}:${id}`;
    }),
    minute: fc.nat({ max: 40 }),
    evidence: fc.constantFrom(...EVIDENCE),
    source: fc.constantFrom('s1', 's2'),
  }),
}));

/** Up to `maxLength` events in record order: seq and line rise, instants do not. */
export const arbitraryLog = (maxLength = 80): fc.Arbitrary<readonly LogEvent[]> =>
  fc
    .array(fc.oneof(...drafts), { minLength: 1, maxLength })
    .map((list) =>
      list.map(
        ({ minute, ...draft }, i) =>
          ({ ...draft, at: instant(START + minute * 60_000), line: i + 1, seq: seq(i + 1) }) as unknown as LogEvent,
      ),
    );
