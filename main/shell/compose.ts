// The composition both shells and the command line share: a log, and the service over it.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Log } from '../log/types.ts';
import { createService, type Service } from '../service/service.ts';
import { openForUse } from '../work/open-log.ts';
import type { RunJob } from '../work/thread.ts';
import { unwatched } from '../work/watcher.ts';
import { demonstration } from './demonstration.ts';
import { dataDir } from './places.ts';

export type Composed = {
  readonly log: Log;
  readonly service: Service;
  readonly close: () => void;
};

/**
 * Opens the log at `path`, or the demonstration where it is null, and puts the service over it.
 * @param options.tell is told how far the demonstration is while it is made
 */
export const compose = async (
  path: string | null,
  options: { readonly runJob: RunJob; readonly tell: (line: string) => void },
): Promise<Result<Composed, string>> => {
  let file = path;
  if (file === null) {
    const progress = ({ says }: { says: string }): void => options.tell(`Making the demonstration: ${says}`);
    const made = await demonstration(dataDir(process.env, process.platform), { ...unwatched(), progress });
    if (!made.ok) return made;
    file = made.value;
  }
  const opened = openForUse(file, { create: false });
  if (!opened.ok) return err(opened.error.sentence);
  const log = opened.value;
  const service = createService(log, { demonstration: path === null, runJob: options.runJob });
  return ok({ log, service, close: service.close });
};
