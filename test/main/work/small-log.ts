// A generated log of a small cluster in a file of its own, for tests that need history but no story.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '../../../domain/base/brand.ts';
import type { Log } from '../../../main/log/types.ts';
import { runGenerateJob } from '../../../main/work/generate-job.ts';
import { openForUse } from '../../../main/work/open-log.ts';
import { unwatched } from '../../../main/work/watcher.ts';

export const START = Date.parse('2026-11-17T00:00:00Z');
export const SMALL = { hosts: 4, vms: 20, days: 1, seed: 'small', start: instant(START) } as const;

export const emptyLog = (): Log => {
  const path = join(mkdtempSync(join(tmpdir(), 'understudy-work-')), 'small.understudy');
  const opened = openForUse(path, { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  return opened.value;
};

export const smallLog = (): Log => {
  const log = emptyLog();
  const generated = runGenerateJob(log, 'main', SMALL, unwatched());
  if (!generated.ok) throw new Error(generated.error.sentence);
  return log;
};
