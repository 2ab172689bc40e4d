// understudy verify: is the file what was written?
import { ok } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';

export const verify: AddCommand = (program, { terminal, run }) => {
  const command = program.command('verify').description('check every event against the chain of hashes');
  withJson(withLog(command)).action((options: LogOption & JsonOption) =>
    run(() =>
      inLog(terminal, options.log, async ({ log }) => {
        const found = log.verify();
        const head = found.heads['main'] ?? null;
        if (options.json === true) {
          await terminal.write(`${JSON.stringify({ ...found, head })}\n`);
        } else if (found.firstBad === null) {
          await terminal.write(`${counted(found.events, 'event')}, all as written. Head ${head ?? 'none'}.\n`);
        } else {
          const { timeline, seq, why } = found.firstBad;
          await terminal.write(`Event #${seq} of ${timeline} is not what was written: ${why}\n`);
        }
        return ok(found.ok ? 0 : 1);
      }),
    ),
  );
};
