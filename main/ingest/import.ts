// Imports files and folders into a timeline: chooses what can be read, reads it in batches, and reports what came in.
import { err, ok, type Result } from '../../domain/base/result.ts';
import { chooseAll } from './choose.ts';
import { gather, type Gathered } from './gather.ts';
import { importFile } from './import-file.ts';
import type { ImportedFile, ImportError, ImportReport, ImportSettings } from './import-settings.ts';
import type { Incoming } from './incoming.ts';

/** The words of this door, for those who knock at it. */
export type ImportOptions = ImportSettings & { readonly paths: readonly string[] };

const badInput = (sentence: string): ImportError => ({ code: 'bad_input', sentence });

/**
 * Imports files and folders (read in the order of their names). Either everything named can be read, or nothing is
 * changed and the error says why. Importing the same content again adds nothing; an import that was cut short goes on
 * where it stopped.
 */
export const importPaths = async (options: ImportOptions): Promise<Result<ImportReport, ImportError>> => {
  const gathered = gather(options.paths);
  return gathered.ok ? importAll(gathered.value, options) : err(badInput(gathered.error));
};

/** As `importPaths`, for content that is already in memory: files dropped on the window. */
export const importDropped = async (
  files: readonly Incoming[],
  settings: ImportSettings,
): Promise<Result<ImportReport, ImportError>> =>
  importAll(
    files.map((incoming) => ({ incoming, named: true })),
    settings,
  );

const importAll = async (
  files: readonly Gathered[],
  settings: ImportSettings,
): Promise<Result<ImportReport, ImportError>> => {
  try {
    const choice = chooseAll(files, settings);
    if (!choice.ok) return err(badInput(choice.error));
    const reports: ImportedFile[] = [...choice.value.passedOver];
    for (const file of choice.value.chosen) {
      const report = await importFile(file, settings);
      if (!report.ok) return report;
      reports.push(report.value);
    }
    reports.sort((a, b) => (a.path < b.path ? -1 : 1));
    return ok({ files: reports, head: settings.log.head(settings.timeline) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(badInput(`Reading failed: ${why}. What was imported until then is kept.`));
  }
};
