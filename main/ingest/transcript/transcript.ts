// The format "shell transcript": a document into which somebody pasted what they typed and what they saw.
import { instant } from '../../../domain/base/brand.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import { createHash } from 'node:crypto';
import type { Format, Item, Proposal, Reading } from '../format.ts';
import { refusal } from '../format.ts';
import { linesOf } from '../lines.ts';
import type { Incoming } from '../incoming.ts';
import { NO_NAMES } from '../shared-names.ts';
import { namesOf } from './directory.ts';
import { dumpNamed } from './flow-dump.ts';
import { interpret } from './interpret.ts';
import type { Draft } from './moment.ts';
import { type Placed, place, worth } from './place.ts';
import { withPrinted } from './printed.ts';
import { type Block, scan } from './scan.ts';

/** A document is read as a whole, because names are explained after their use; no person pastes more than this. */
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;
const PASTE_LINE_BYTES_MAX = 64 * 1024;

/** Moves have no id in a transcript: the VM, the kind of move and its instant make one. */
const addressed = (draft: Draft, at: number): string =>
  draft.type === 'migration.accepted' && draft.at === undefined
    ? `${draft.entity}@${new Date(at).toISOString()}`
    : draft.entity;

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

/** What tells the document's facts from those of others. */
type Told = Reading & {
  /** Digest of everything up to a line. */
  readonly upTo: (line: number) => string;
  readonly seen: Map<string, number>;
};

/**
 * The same fact at the same instant is the same, whichever paste it stands in. Where the document gives no instants, the
 * same fact after the same text is: then a paste that has grown since adds its tail, whatever its file's date is now.
 */
const keyOf = (draft: Draft, entity: string, at: number, placed: Placed, told: Told): string => {
  const undated = draft.at === undefined && placed.timed === 'undated';
  const place = undated ? [draft.entity, told.upTo(draft.line), told.asked ? told.undatedAt : null] : [entity, at];
  const parts = ['transcript', draft.type, draft.v, ...place, draft.data];
  const first = digest([...parts, 0]);
  const nth = told.seen.get(first) ?? 0;
  told.seen.set(first, nth + 1);
  return nth === 0 ? first : digest([...parts, nth]);
};

const proposals = (drafts: readonly Draft[], placed: Placed, told: Told): readonly Proposal[] =>
  drafts.map((draft) => {
    const at = draft.at ?? placed.at;
    const entity = addressed(draft, at);
    const key = keyOf(draft, entity, at, placed, told);
    const evidence = draft.at === undefined ? worth(draft.evidence, placed.timed, told.asked) : draft.evidence;
    return { ...draft, entity, at, evidence, key };
  });

/** Digests of the document up to each of its lines; a line without a block of its own has the one before it. */
const prefixes = (blocks: readonly Block[]): Told['upTo'] => {
  const at = new Map<number, string>();
  let chain = '';
  const add = (line: number, content: unknown): void => {
    chain = digest([chain, content]);
    at.set(line, chain);
  };
  for (const block of blocks) {
    if (block.kind === 'text') add(block.line, block.text);
    else if (block.kind === 'command') add(block.line, block.words);
    else {
      add(block.line, block.header);
      for (const { line, cells } of block.rows) add(line, cells);
    }
  }
  return (line) => at.get(line) ?? chain;
};

const blocksIn = (incoming: Incoming): readonly Block[] =>
  withPrinted(scan(linesOf(incoming.chunks(), PASTE_LINE_BYTES_MAX)));

function* read(reading: Reading): Generator<Item> {
  const { incoming } = reading;
  if (incoming.bytes > DOCUMENT_BYTES_MAX) {
    const why = `it is ${Math.round(incoming.bytes / 2 ** 20)} MiB; a transcript is read whole, up to 64 MiB: split it`;
    yield refusal(1, why, '');
    return;
  }
  yield* tellBlocks(blocksIn(incoming), reading);
}

/** What the blocks of a document tell, in the order of its lines. */
export function* tellBlocks(blocks: readonly Block[], reading: Reading): Generator<Item> {
  const { undatedAt, asked } = reading;
  const { moments, items } = interpret(blocks, reading.incoming.name, reading.names);
  const placed = place(moments, undatedAt);
  if (placed[0]?.timed === 'undated' && !asked) {
    const note = `it gives no times: its events are placed from its file’s date on, ${isoInstant(instant(undatedAt))}, as inferred (--at says when it was)`;
    yield { kind: 'note', line: 0, note };
  }
  const told: Told = { ...reading, upTo: prefixes(blocks), seen: new Map() };
  const facts = moments.map((moment, i): Item => {
    const where = placed[i];
    return { kind: 'facts', line: moment.line, facts: where === undefined ? [] : proposals(moment.facts, where, told) };
  });
  yield* [...facts, ...items].sort((a, b) => a.line - b.line);
}

const TYPED =
  /^[ \t]*(?:\([\w.-]{1,40}\) ?)?(?:\S{0,100}[@\]][^#$\n]{0,100}[#$] *|[#$] +)?(?:sudo +)?(?:nova|openstack|cinder|gluster|neutron|ovs-vsctl|ovs-ofctl) +[a-z-]+/gm;
const RULED = /^[ \t]*\+[-\u2013\u2014=]{2,}[-\u2013\u2014=+]*/gm;

/** Output saved without its command: `ovs-vsctl show`, `gluster volume info` and `peer status`, `ovs-ofctl dump-flows`. */
const PRINTED =
  /^[ \t]*(?:Bridge "?\w|options: \{[^}\n]*remote_ip|Volume Name: \S|Number of Bricks: \d|State: Peer in Cluster|(?:cookie=0x[0-9a-f]+, (?:duration=[\d.]+s, )?)?table=\d+, .*actions=)/gm;

export const transcript: Format = {
  name: 'transcript',
  dateless: true,
  names: (incoming) => (incoming.bytes > DOCUMENT_BYTES_MAX ? NO_NAMES : namesOf(blocksIn(incoming))),
  nameTells: (fileName) => dumpNamed(fileName) !== null,
  sniff: (head) => {
    const signs = [TYPED, TYPED, RULED, PRINTED].reduce((sum, sign) => sum + (head.match(sign)?.length ?? 0), 0);
    return signs === 0 ? 0 : Math.min(0.6, 0.2 + signs / 20);
  },
  read,
};
