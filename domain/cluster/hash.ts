// A fingerprint of the state: equal for equal states however they were reached, in whatever order rows were given out.
import { byteAt, type Column, type Columns, numberAt, refAt, rowAt } from '../base/column.ts';
import { ABSENT, type Cluster, type Table, TABLE_NAMES, type TableName } from './cluster.ts';
import { idAt, type Registry } from './registry.ts';

/** Four lanes of 32 bits. Rows are hashed one by one and added up, so their order cannot matter. */
type Lanes = Uint32Array;

/** Adds the hash of a text to the lanes (cyrb128, as in base/rng.ts, with a final avalanche). */
const addText = (lanes: Lanes, text: string): void => {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 0xdeadbeef ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = Math.imul(a ^ k, 0x85ebca6b);
    b = Math.imul(b ^ a, 0xc2b2ae35);
    c = Math.imul(c ^ b, 0x27d4eb2f);
    d = Math.imul(d ^ c, 0x165667b1);
  }
  const mix = (x: number, y: number): number => {
    const z = Math.imul(x ^ (x >>> 15) ^ y, 0x2c1b3c6d);
    return z ^ (z >>> 12);
  };
  lanes[0]! += mix(a, d);
  lanes[1]! += mix(b, a);
  lanes[2]! += mix(c, b);
  lanes[3]! += mix(d, c);
};

/** JSON with sorted keys, so that two sources that spell one object in different key orders agree. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => [key, canonical(v)]),
  );
};

/** Values are immutable and shared by keyframes and forks, so the text of each is made once. */
const texts = new WeakMap<object, string>();

const refText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(canonical(value));
  texts.set(value, text);
  return text;
};

const cellText = (column: Column, row: number, of: (table: string) => Registry): string => {
  switch (column.kind) {
    case 'byte':
      return String(byteAt(column, row));
    case 'number':
      return String(numberAt(column, row));
    case 'row':
      return JSON.stringify(idAt(of(column.of), rowAt(column, row)));
    case 'ref': {
      const value = refAt(column, row);
      if (column.told === null || value === null) return refText(value);
      // Not whose seq it is: that depends on the order of import.
      const { seq: _, ...rest } = value as { readonly seq: number };
      return JSON.stringify(rest);
    }
  }
};

const addTable = (lanes: Lanes, c: Cluster, name: TableName): void => {
  const table: Table<Columns> = c[name];
  const of = (other: string): Registry => c[other as TableName].ids;
  const columns = Object.entries(table.col)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, column]) => column);
  for (const [row, id] of table.ids.ids.entries()) {
    if (byteAt(c[name].col.present, row) === ABSENT) continue;
    let text = `${name} ${JSON.stringify(id)}`;
    for (const column of columns) text += ` ${cellText(column, row, of)}`;
    addText(lanes, text);
  }
};

/** 32 hex digits. Not cryptographic: it tells accidents apart, the log's own chain tells tampering. */
export const hashOf = (c: Cluster): string => {
  const lanes = new Uint32Array(4);
  for (const name of TABLE_NAMES) addTable(lanes, c, name);
  for (let i = 0; i < c.counts.anomalies; i++) {
    const anomaly = refAt(c.anomalies, i);
    // Not seq: it depends on the order of import.
    if (anomaly) addText(lanes, JSON.stringify(['anomaly', anomaly.at, anomaly.rule, anomaly.entity, anomaly.detail]));
  }
  return [...lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('');
};
