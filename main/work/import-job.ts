// Imports files from disk or from the window into a timeline, reporting how far it is.
import { basename } from 'node:path';
import { err, ok } from '../../domain/base/result.ts';
import { importDropped, importPaths } from '../ingest/import.ts';
import type { ImportProgress, ImportReport, ImportSettings } from '../ingest/import-settings.ts';
import { fromBytes } from '../ingest/incoming.ts';
import { openRefusedFile } from '../ingest/refused-file.ts';
import type { Log } from '../log/types.ts';
import type { Answer, Watcher } from './watcher.ts';

export type DroppedFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** When it was dropped or last changed, milliseconds since 1970. */
  readonly modifiedAt: number;
};

export type ImportOrder = {
  readonly timeline: string;
  readonly from: { readonly paths: readonly string[] } | { readonly dropped: readonly DroppedFile[] };
  readonly dryRun: boolean;
  /** Format to read every file as; null: found by content. */
  readonly as: string | null;
  /** Where documents without any time are placed, milliseconds since 1970; null: each file's own date. */
  readonly undatedAt: number | null;
  /** Path of a new file that gets every refused line; without it they are only reported. */
  readonly refusedTo?: string;
};

const says = ({ path, doing, events }: ImportProgress): string =>
  doing === 'identifying' ? `looking at ${basename(path)}` : `${events} events of ${basename(path)}`;

export const runImportJob = async (log: Log, order: ImportOrder, watcher: Watcher): Promise<Answer<ImportReport>> => {
  const timeline = log.timeline(order.timeline);
  if (!timeline.ok) return timeline;
  const refused = order.refusedTo === undefined ? null : openRefusedFile(order.refusedTo);
  if (refused !== null && !refused.ok) return err({ code: 'bad_input', sentence: refused.error });
  const settings: ImportSettings = {
    log,
    timeline: timeline.value,
    dryRun: order.dryRun,
    as: order.as,
    undatedAt: order.undatedAt,
    signal: watcher.signal,
    ...(refused === null ? {} : { onRefused: refused.value.take }),
    onProgress: (progress) =>
      watcher.progress({ done: progress.bytes, total: progress.bytesTotal, says: says(progress) }),
  };
  try {
    const imported =
      'paths' in order.from
        ? await importPaths({ ...settings, paths: order.from.paths })
        : await importDropped(
            order.from.dropped.map(({ name, bytes, modifiedAt }) => fromBytes(name, bytes, modifiedAt)),
            settings,
          );
    return imported.ok ? ok(imported.value) : imported;
  } finally {
    refused?.value.close();
  }
};
