// Second pass over a document: walks its blocks in order and tells what each command, table and note says.
import { entity, kindOf } from '../../../domain/events/entity.ts';
import { type Item, ignored, refusal } from '../format.ts';
import type { SharedNames } from '../shared-names.ts';
import { directoryOf } from './directory.ts';
import type { Effect, Effects } from './effect.ts';
import { inOldWords } from './openstack-words.ts';
import { dumpedBridge, dumpNamed, flowsDumped, isFlow } from './flow-dump.ts';
import { readGlusterInfo, readGlusterPeers } from './gluster-info.ts';
import { hostOfCommand, shutdownCommand } from './host-commands.ts';
import { hostMoves } from './host-moves.ts';
import { type Memory, newMemory } from './memory.ts';
import type { Draft, Moment } from './moment.ts';
import { storageNodeIn } from './notes.ts';
import { novaCommand } from './nova-commands.ts';
import {
  type Overlay,
  overlayOf,
  textsAfter,
  tunnelFact,
  tunnelFaults,
  tunnelsIn,
  unseenEnds,
  vtepFacts,
} from './overlay.ts';
import type { Block, Command, Table } from './scan.ts';
import { cinderCommand, glusterCommand, mountCommand } from './storage-commands.ts';
import { asksForAll, completed } from './complete-listing.ts';
import { readTable, type TableReading } from './tables.ts';
import { argumentsOf, PRINTING, withoutSecrets } from './words.ts';

const PROGRAMS: ReadonlyMap<string, Effects> = new Map([
  ['nova', novaCommand],
  ['cinder', cinderCommand],
  ['gluster', glusterCommand],
  ['mount.glusterfs', mountCommand],
  ['mount', mountCommand],
  ['shutdown', shutdownCommand],
  ['poweroff', shutdownCommand],
  ['halt', shutdownCommand],
]);

const COMMAND_WORDS_MAX = 200; // what a person types; a pasted file behind `echo` is not kept

const issued = (command: Command, effect: Effect | null, memory: Memory): Draft => {
  const host = hostOfCommand(command, memory.directory.hosts);
  return {
    type: 'command.issued',
    v: 1,
    entity: effect?.entity ?? (host === null || command.promptHost === null ? 'cluster:' : entity('host', host)),
    line: command.line,
    evidence: 'observed',
    data: {
      argv: [...withoutSecrets(command.words.slice(0, COMMAND_WORDS_MAX))],
      refers: [...new Set(effect?.refers)],
    },
  };
};

export type Interpretation = { readonly moments: readonly Moment[]; readonly items: readonly Item[] };

/** What the overlay adds where `ovs-vsctl show` was printed: its tunnels, and with the last of them the ends nobody printed. */
const overlayFacts = (blocks: readonly Block[], at: number, overlay: Overlay): readonly Draft[] => {
  const block = blocks[at];
  const shown = tunnelsIn(textsAfter(blocks, at), block?.kind === 'command' ? block.promptHost : null);
  const [first, last] = [overlay.tunnels[0], overlay.tunnels.at(-1)];
  if (shown.length === 0 || first === undefined || last === undefined) return [];
  const line = block?.line ?? first.line;
  const ends = shown.at(-1)?.line === last.line ? unseenEnds(overlay.tunnels) : [];
  return [
    ...(shown[0]?.line === first.line ? vtepFacts(overlay, line) : []),
    ...shown.flatMap((tunnel) => [tunnelFact(overlay, tunnel, 'observed'), ...tunnelFaults(overlay, tunnel)]),
    ...ends.map((tunnel) => tunnelFact(overlay, { ...tunnel, line: last.line }, 'inferred')),
  ];
};

/** Where a document speaks of one network only, its overlay settings are that network's. */
const withOverlay = (moments: readonly Moment[], { type, vniRange, segment }: Overlay): readonly Moment[] => {
  const networks = new Set(
    moments.flatMap(({ facts }) => facts.filter((f) => f.type === 'network.reported').map((f) => f.entity)),
  );
  if (networks.size !== 1 || (type === null && vniRange === null)) return moments;
  const data = {
    ...(type === null ? {} : { type }),
    ...(vniRange === null ? {} : { vniRange }),
    ...(segment === null ? {} : { segment }),
  };
  return moments.map((moment) => {
    const facts = moment.facts.flatMap((fact): readonly Draft[] =>
      fact.type === 'network.reported' ? [fact, { ...fact, evidence: 'inferred', data }] : [fact],
    );
    return { ...moment, facts };
  });
};

const FLOWS_IGNORED =
  'flow entries of a part of a bridge, or of a bridge and host that nothing names (call the file br-tun.HOST.txt, or keep command and prompt)';

/** `fileName` may say what a document saved without its command is about. */
export const interpret = (blocks: readonly Block[], fileName: string, beside?: SharedNames): Interpretation => {
  const memory = newMemory(directoryOf(blocks, beside), fileName);
  const overlay = overlayOf(blocks, memory.directory.hosts);
  const moments: Moment[] = [];
  const items: Item[] = [];
  let text = 0;
  /** Entries that some dump kept. */
  const kept = new Set<number>();
  let flows = 0;

  const dumped = (at: number, bridge: string | null, host: string | null): readonly Draft[] => {
    const texts = textsAfter(blocks, at);
    const line = texts.find(({ text: each }) => isFlow(each))?.line;
    if (bridge === null || host === null || line === undefined) return [];
    const fact = flowsDumped(texts, bridge, host, line);
    if (fact === null) return [];
    for (const each of texts) kept.add(each.line);
    return [fact];
  };
  /** The command whose output may still come. */
  let open: {
    moment: Moment;
    words: readonly string[];
    /** What it asked about: a VM or a resource provider. */
    asked: string | null;
    /** True where it asked for every VM there is. */
    listsAll: boolean;
  } | null = null;

  const command = (block: Command, at: number): void => {
    const words = inOldWords(block.words);
    const effect = PROGRAMS.get(words[0] ?? '')?.({ ...block, words }, memory) ?? null;
    const texts = textsAfter(blocks, at);
    const facts = [
      issued(block, effect, memory),
      ...(effect?.facts ?? []),
      ...(words[0] === 'gluster' ? [...readGlusterInfo(texts), ...readGlusterPeers(texts)] : []),
      ...(words[0] === 'ovs-vsctl' ? overlayFacts(blocks, at, overlay) : []),
      ...dumped(at, dumpedBridge(block), hostOfCommand(block, memory.directory.hosts)),
    ];
    const vm = effect !== null && kindOf(effect.entity) === 'vm' ? effect.entity : null;
    const moment = { line: block.line, vm, updated: null, facts };
    moments.push(moment);
    const ofPlacement = words.includes('inventory') || words.includes('allocation');
    const named =
      vm === null ? (ofPlacement ? argumentsOf(words.slice(1), PRINTING).operands.at(-1) : undefined) : words[2];
    open = { moment, words, asked: named ?? null, listsAll: asksForAll(block.words) };
  };

  const table = (block: Table): void => {
    const moves = hostMoves(block, open?.words ?? [], memory);
    const reading: TableReading | null =
      moves === null ? readTable(block, open?.asked ?? null, memory) : { vm: null, updated: null, ...moves };
    if (reading === null) {
      items.push(ignored(block.line, `table of ${block.header.join(', ').slice(0, 80)}`, block.rows.length));
      return;
    }
    items.push(...reading.refused.map((broken) => refusal(broken.line, broken.why, broken.text)));
    const { vm, updated } = reading;
    if (open === null) {
      moments.push({ line: block.line, vm, updated, facts: reading.facts });
    } else {
      const at = moments.lastIndexOf(open.moment);
      const all = open.listsAll && reading.refused.length === 0 ? completed(block) : [];
      const facts = [...open.moment.facts, ...reading.facts, ...all];
      moments[at] = { ...open.moment, vm: vm ?? open.moment.vm, updated, facts };
      open = null;
    }
  };

  // Output saved without the command that printed it.
  const named = dumpNamed(fileName);
  const loose = [
    ...readGlusterInfo(textsAfter(blocks, -1)),
    ...readGlusterPeers(textsAfter(blocks, -1)),
    ...overlayFacts(blocks, -1, overlay),
    ...dumped(-1, named?.bridge ?? null, named?.host ?? null),
  ];
  const [firstLoose] = loose;
  if (firstLoose !== undefined) moments.push({ line: firstLoose.line, vm: null, updated: null, facts: loose });
  blocks.forEach((block, at) => {
    if (block.kind === 'command') command(block, at);
    else if (block.kind === 'table') table(block);
    else {
      const note = storageNodeIn(block);
      if (isFlow(block.text)) flows += kept.has(block.line) ? 0 : 1;
      else if (note === null) text++;
      else moments.push({ line: block.line, vm: null, updated: null, facts: [note] });
    }
  });
  if (flows > 0) items.push(ignored(blocks.at(-1)?.line ?? 0, FLOWS_IGNORED, flows));
  if (text > 0) items.push(ignored(blocks.at(-1)?.line ?? 0, 'text', text));
  return { moments: withOverlay(moments, overlay), items };
};
