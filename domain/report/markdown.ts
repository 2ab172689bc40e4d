// A report as Markdown (CommonMark with GitHub's tables), to paste into a ticket.
import type { Block, Document, Provenance } from './document.ts';

/** Pipes and line ends would break a table, markup in a name would be taken for ours; `_` within a word is none. */
const plain = (words: string): string =>
  words.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\\`*[\]<>|]|(?<!\w)_|_(?!\w)/g, (c) => `\\${c}`);

const blockText = (block: Block): string => {
  switch (block.kind) {
    case 'text':
      return `${plain(block.text)}\n`;
    case 'list':
      return block.items.map((item) => `- ${plain(item)}\n`).join('');
    case 'table': {
      const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
      const rule = line(block.columns.map(({ align }) => (align === 'right' ? '--:' : '---')));
      const rows = block.rows.map((row) => line(row.map(plain))).join('');
      const more = block.more === 0 ? '' : `\nand ${block.more} more.\n`;
      return line(block.columns.map(({ head }) => plain(head))) + rule + rows + more;
    }
  }
};

/** `log demo, timeline main, 2026-11-17T10:36:00Z, event #5540, state 9b0f8eefa087`. */
export const provenanceText = ({ log, timeline, at, seq, hash }: Provenance): string =>
  [
    ...(log === null ? [] : [`log ${log}`]),
    `timeline ${timeline}`,
    at,
    ...(seq === null ? [] : [`event #${seq}`]),
    ...(hash === null ? [] : [`state ${hash.slice(0, 12)}`]),
  ].join(', ');

export const markdown = ({ title, verdict, provenance, sections }: Document): string =>
  `# ${plain(title)}\n\n${plain(verdict)}\n\n` +
  sections.map(({ heading, blocks }) => `## ${plain(heading)}\n\n${blocks.map(blockText).join('\n')}\n`).join('') +
  `---\nUnderstudy: ${plain(provenanceText(provenance))}.\n`;
