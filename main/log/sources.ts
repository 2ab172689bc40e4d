// The table of sources: content ids as small numbers, remembered because they never change.
import type Database from 'better-sqlite3';
import { assert } from '../../domain/base/result.ts';
import type { SourceInfo } from './types.ts';

export type Sources = {
  /** Content id of a source row. */
  readonly content: (id: number) => string;
  /** Row of a content id; null when nothing came from it yet. */
  readonly find: (content: string) => number | null;
  /** Row of a content id, made where it is missing. */
  readonly obtain: (source: SourceInfo) => number;
};

export const sourceTable = (db: Database.Database): Sources => {
  const contents = new Map<number, string>();
  const byId = db.prepare<[number], string>('SELECT content FROM source WHERE id = ?').pluck();
  const byContent = db.prepare<[string], number>('SELECT id FROM source WHERE content = ?').pluck();
  const insert = db.prepare('INSERT INTO source (content, name, format) VALUES (?, ?, ?)');

  const content = (id: number): string => {
    const known = contents.get(id);
    if (known !== undefined) return known;
    const found = byId.get(id);
    assert(found !== undefined, `source ${id} has a row`);
    contents.set(id, found);
    return found;
  };
  const find = (id: string): number | null => byContent.get(id) ?? null;
  const obtain = (source: SourceInfo): number =>
    find(source.id) ??
    Number(insert.run(source.id, source.name.toWellFormed(), source.format.toWellFormed()).lastInsertRowid);
  return { content, find, obtain };
};
