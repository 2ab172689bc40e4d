// understudy drill --sweep: whether every host, pair, rack or zone may fail, and the set that must not.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { Assumptions } from '../../../domain/capacity/what-if.ts';
import type { FailingSet, SweepKind, SweepResult } from '../../../domain/drill/sweep/sweep.ts';
import { leftOver, sweepNotes, sweepVerdict, worstSet } from '../../../domain/drill/sweep/words.ts';
import { runHere } from '../../work/jobs.ts';
import { sweepInShares, workersFor } from '../../work/sweep-shares.ts';
import { runOnThread } from '../../work/thread.ts';
import { unwatched } from '../../work/watcher.ts';
import type { Ending } from '../command-line/command.ts';
import type { Opened } from '../command-line/open.ts';
import { underPremises } from '../command-line/assumptions.ts';
import { counted, table } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

const MIB_PER_GIB = 1024;
/** Failing sets that people are shown; `--json` has more. */
const SHOWN = 20;

const readable = (result: SweepResult): string => {
  const shown = result.failing.slice(0, SHOWN);
  const rest = result.failingCount + result.undecided - shown.length;
  return [
    `${sweepVerdict(result)}\n`,
    ...(shown.length === 0
      ? []
      : [
          '\n',
          table<FailingSet>(shown, [
            { head: 'FAILED', cell: (s) => s.hosts.join(', ') },
            { head: 'VERDICT', cell: (s) => (!s.decided ? 'undecided' : s.vms.length > 0 ? 'no home' : 'no storage') },
            { head: 'LEFT OVER', cell: leftOver },
            { head: 'RAM', cell: (s) => `${(s.ramMiB / MIB_PER_GIB).toFixed(1)} GiB` },
            { head: 'SMALLEST CHANGE', cell: (s) => s.relaxation },
          ]),
        ]),
    rest > 0 ? `and ${counted(rest, 'set')} more.\n` : '',
    ...sweepNotes(result).map((note) => `Note: ${note}\n`),
  ].join('');
};

const asJson = (result: SweepResult): string => {
  const worst = worstSet(result);
  const counterExample = worst && { hosts: worst.hosts, vms: worst.vms.map((vm) => vm.id) };
  const { safe, checked, ...more } = result;
  return `${JSON.stringify({ safe, checked, counterExample, verdict: sweepVerdict(result), ...more })}\n`;
};

/** Status 0 when the cluster is safe, 1 when it is not or nobody can tell. */
export const sweepFrom = async (
  { log, moment }: Opened,
  terminal: Terminal,
  asked: {
    readonly timeline: string;
    readonly at: string | undefined;
    readonly kind: SweepKind;
    readonly assume: Assumptions | null;
    readonly budget: number | null;
    readonly json: boolean;
  },
): Promise<Ending> => {
  const at: Result<{ readonly at: number; readonly seq: number | null } | null, string> = moment(
    asked.timeline,
    asked.at,
  );
  if (!at.ok) return at;
  const { timeline, kind, assume, budget } = asked;
  const workers = workersFor(kind);
  const watcher = { ...unwatched(), progress: ({ says }: { readonly says: string }) => terminal.status(says) };
  const swept = await sweepInShares(
    workers > 1 ? runOnThread : runHere,
    log.path,
    { timeline, at: at.value, kind, assume, budget },
    watcher,
  );
  if (!swept.ok) return err(swept.error.sentence);
  await terminal.write(asked.json ? asJson(swept.value) : underPremises(asked.assume) + readable(swept.value));
  return ok(swept.value.safe === true ? 0 : 1);
};
