// understudy why: what led to a VM's ERROR or SHUTOFF, from the first fact to the last.
import { instant } from '../../../domain/base/brand.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { CauseChain } from '../../../domain/readout/picture-types.ts';
import type { VmState } from '../../../domain/readout/state.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

type Options = InstantOptions;

const MOST_NAMED = 5; // ids listed where several VMs have the name

const vmMeant = (vms: readonly VmState[], meant: string): Result<string, string> => {
  const found = vms.filter((v) => v.id === meant || v.name === meant || `vm:${v.id}` === meant);
  const [only, another] = found;
  if (only === undefined) return err(`There is no VM ${meant} at this instant.`);
  if (another === undefined) return ok(`vm:${only.id}`);
  const ids = found.slice(0, MOST_NAMED).map((v) => v.id);
  return err(`${found.length} VMs are named ${meant}: say which by its id: ${ids.join(', ')}.`);
};

const iso = (ms: number): string => isoInstant(instant(ms));

const asJson = (chain: CauseChain): string =>
  JSON.stringify({
    ...chain,
    since: chain.since === null ? null : iso(chain.since),
    links: chain.links.map((link) => ({ ...link, at: iso(link.at) })),
  });

const readable = ({ verdict, links }: CauseChain): string =>
  `${verdict}\n` +
  (links.length === 0
    ? ''
    : `\n${table(links, [
        { head: 'EVENT', cell: (l) => `#${l.seq}` },
        { head: 'AT', cell: (l) => iso(l.at) },
        { head: '', cell: (l) => `${l.role}${l.evidence === 'observed' ? '' : ` (${l.evidence})`}` },
        { head: 'WHAT HAPPENED', cell: (l) => l.sentence },
      ])}`);

export const why: AddCommand = (program, { terminal, run }) => {
  const command = program.command('why <vm>').description('tell what led to a VM’s ERROR or SHUTOFF: its cause chain');
  withInstant(command).action((meant: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const { timeline } = options;
        const at = moment(timeline, options.at);
        if (!at.ok) return err(at.error);
        const state = await ask('view.state', { timeline, at: at.value });
        if (!state.ok) return state;
        const entity = vmMeant(state.value.vms, meant);
        if (!entity.ok) return entity;
        const chain = await ask('view.why', { timeline, entity: entity.value, at: at.value });
        if (!chain.ok) return chain;
        if (chain.value === null) return err(`There is no VM ${meant} at this instant.`);
        await terminal.write(options.json === true ? `${asJson(chain.value)}\n` : readable(chain.value));
        return ok(chain.value.known ? 0 : 1);
      }),
    ),
  );
};
