// Listings of aggregates: what they are, and which hosts are in them.
import { entity } from '../../../domain/events/entity.ts';
import { specsIn } from '../nova-words.ts';
import type { Draft } from './moment.ts';
import { at, given, host, type Named, type RowReader, wordsIn } from './named-row.ts';

/** An aggregate's metadata, of which the clients print the zone apart from the rest. */
const aggregateItself = (row: Named, line: number): readonly Draft[] => {
  const [name, properties, zone] = [
    at(row, 'name'),
    specsIn(at(row, 'properties')),
    at(row, 'availability zone', 'availability_zone'),
  ];
  if (name === null || (properties === null && zone === null)) return [];
  const metadata = { ...properties, ...given('availability_zone', zone) };
  return [
    {
      type: 'aggregate.reported',
      v: 1,
      entity: entity('aggregate', name),
      line,
      evidence: 'observed',
      data: { metadata },
    },
  ];
};

/** `openstack aggregate show`: of its hosts it says the zone, but not which other aggregates they are in. */
export const aggregateShown: RowReader = (row, line) => {
  const zone = at(row, 'availability_zone');
  const hosts = zone === null ? [] : wordsIn(at(row, 'hosts') ?? '').map((name) => host(name, line, { zone }));
  return [...aggregateItself(row, line), ...hosts];
};

/** `openstack aggregate list --long`: all aggregates there are, so what each of their hosts belongs to. */
export const aggregates = (rows: readonly { readonly line: number; readonly named: Named }[]): readonly Draft[] => {
  const hosts = new Map<string, { line: number; aggregates: string[]; zone: string | null }>();
  for (const { line, named } of rows) {
    const zone = at(named, 'availability zone');
    for (const name of wordsIn(at(named, 'hosts') ?? '')) {
      const known = hosts.get(name) ?? { line, aggregates: [], zone: null };
      known.aggregates.push(at(named, 'name') ?? '');
      known.zone ??= zone;
      hosts.set(name, known);
    }
  }
  const members = [...hosts].map(([name, { line, aggregates: of, zone }]) =>
    host(name, line, { aggregates: of.filter((each) => each !== '').sort(), ...given('zone', zone) }),
  );
  return [...rows.flatMap(({ line, named }) => aggregateItself(named, line)), ...members];
};
