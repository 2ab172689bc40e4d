// What an import is asked, what it tells while it runs, and what it reports.
import type { FileReport } from '../../domain/contract/contract.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log, LogError, Refusal } from '../log/types.ts';
import type { Skew } from './clock-skew.ts';
import type { Format, Reading } from './format.ts';
import type { Incoming } from './incoming.ts';
import type { BesideNames } from './shared-names.ts';

export type ImportError = {
  readonly code: 'bad_input' | 'cancelled' | LogError['code'];
  /** Says what, where and what to do. */
  readonly sentence: string;
};
export type ImportProgress = {
  readonly path: string;
  readonly doing: 'identifying' | 'reading';
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly events: number;
};
export type ImportedFile = FileReport & {
  /** What the person should know about this file beyond the counts. */
  readonly notes: readonly string[];
  /** How far its clock is from those of other sources on the timeline; empty where nothing was told by both. */
  readonly skews: readonly Skew[];
};
export type ImportReport = { readonly files: readonly ImportedFile[]; readonly head: number };

export type ImportSettings = {
  readonly log: Log;
  readonly timeline: Timeline;
  readonly dryRun?: boolean;
  /** Format to read every file as; null to find it by content. */
  readonly as?: string | null;
  /** Where documents without any time are placed, milliseconds since 1970; null for each file's own date. */
  readonly undatedAt?: number | null;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Hears of every line that is refused, also of those too many for the report. `path` is the file's. */
  readonly onRefused?: (path: string, refusal: Refusal) => void;
  readonly signal?: AbortSignal | null;
};
/** A file that will be read: recognised, and (where a person named it) known to hold something. */
export type Chosen = { readonly incoming: Incoming; readonly format: Format; readonly names?: BesideNames };

export const readingOf = ({ incoming, names }: Omit<Chosen, 'format'>, settings: ImportSettings): Reading => ({
  incoming,
  ...(names === undefined ? {} : { names }),
  undatedAt: settings.undatedAt ?? incoming.modifiedAt,
  asked: (settings.undatedAt ?? null) !== null,
});
