// The format "shell transcript": a document into which somebody pasted what they typed and what they saw.
import { createHash } from 'node:crypto';
import type { Format, Item, Proposal, Reading } from '../format.ts';
import { refusal } from '../format.ts';
import { linesOf } from '../lines.ts';
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

/** The same fact at the same instant is the same, whichever paste it stands in. */
const keyOf = (entity: string, draft: Draft, at: number, nth: number): string =>
  createHash('sha256')
    .update(JSON.stringify(['transcript', draft.type, draft.v, entity, at, draft.data, nth]))
    .digest('hex')
    .slice(0, 32);

const proposals = (drafts: readonly Draft[], placed: Placed, seen: Map<string, number>): readonly Proposal[] =>
  drafts.map((draft) => {
    const at = draft.at ?? placed.at;
    const entity = addressed(draft, at);
    const first = keyOf(entity, draft, at, 0);
    const nth = seen.get(first) ?? 0;
    seen.set(first, nth + 1);
    const key = nth === 0 ? first : keyOf(entity, draft, at, nth);
    const evidence = draft.at === undefined ? worth(draft.evidence, placed.timed) : draft.evidence;
    return { ...draft, entity, at, evidence, key };
  });

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  if (incoming.bytes > DOCUMENT_BYTES_MAX) {
    const why = `it is ${Math.round(incoming.bytes / 2 ** 20)} MiB; a transcript is read whole, up to 64 MiB: split it`;
    yield refusal(1, why, '');
    return;
  }
  yield* tellBlocks(withPrinted(scan(linesOf(incoming.chunks(), PASTE_LINE_BYTES_MAX))), undatedAt);
}

/** What the blocks of a document tell, in the order of its lines. */
export function* tellBlocks(blocks: readonly Block[], undatedAt: number): Generator<Item> {
  const { moments, items } = interpret(blocks);
  const placed = place(moments, undatedAt);
  if (placed[0]?.timed === 'undated') {
    const note = `it gives no times: its events are placed from ${new Date(undatedAt).toISOString()} on`;
    yield { kind: 'note', line: 0, note };
  }
  const seen = new Map<string, number>();
  const told = moments.map((moment, i): Item => {
    const where = placed[i];
    return { kind: 'facts', line: moment.line, facts: where === undefined ? [] : proposals(moment.facts, where, seen) };
  });
  yield* [...told, ...items].sort((a, b) => a.line - b.line);
}

const TYPED =
  /^[ \t]*(?:\([\w.-]{1,40}\) ?)?(?:\S{0,100}[@\]][^#$\n]{0,100}[#$] *|[#$] +)?(?:sudo +)?(?:nova|openstack|cinder|gluster|neutron|ovs-vsctl|ovs-ofctl) +[a-z-]+/gm;
const RULED = /^[ \t]*\+[-\u2013\u2014=]{2,}[-\u2013\u2014=+]*/gm;

/** Output saved without its command: `ovs-vsctl show`, `gluster volume info`, `ovs-ofctl dump-flows`. */
const PRINTED =
  /^[ \t]*(?:Bridge "?\w|options: \{[^}\n]*remote_ip|Volume Name: \S|Number of Bricks: \d|cookie=0x[0-9a-f]+, (?:duration=[\d.]+s, )?table=\d)/gm;

export const transcript: Format = {
  name: 'transcript',
  sniff: (head) => {
    const signs = [TYPED, TYPED, RULED, PRINTED].reduce((sum, sign) => sum + (head.match(sign)?.length ?? 0), 0);
    return signs === 0 ? 0 : Math.min(0.6, 0.2 + signs / 20);
  },
  read,
};
