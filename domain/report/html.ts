// A report as one HTML page that needs nothing beside it: no script, no font, no picture from anywhere.
import type { Block, Document } from './document.ts';
import { provenanceText } from './markdown.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const plain = (words: string): string => words.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { font-size: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
th { font-weight: 600; } .right { text-align: right; }
footer { margin-top: 2.5rem; font-size: .85rem; opacity: .75; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
`;

const cell = (tag: 'th' | 'td', words: string, align: 'left' | 'right'): string =>
  `<${tag}${align === 'right' ? ' class="right"' : ''}>${plain(words)}</${tag}>`;

const blockText = (block: Block): string => {
  switch (block.kind) {
    case 'text':
      return `<p>${plain(block.text)}</p>\n`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${plain(item)}</li>\n`).join('')}</ul>\n`;
    case 'table': {
      const head = block.columns.map((c) => cell('th', c.head, c.align)).join('');
      const rows = block.rows.map(
        (row) => `<tr>${row.map((words, i) => cell('td', words, block.columns[i]?.align ?? 'left')).join('')}</tr>\n`,
      );
      const more = block.more === 0 ? '' : `<p>and ${block.more} more.</p>\n`;
      return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${rows.join('')}</tbody>\n</table></div>\n${more}`;
    }
  }
};

export const html = ({ title, verdict, provenance, sections }: Document): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n` +
  `<title>${plain(title)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n` +
  `<h1>${plain(title)}</h1>\n<p class="verdict">${plain(verdict)}</p>\n` +
  sections.map(({ heading, blocks }) => `<h2>${plain(heading)}</h2>\n${blocks.map(blockText).join('')}`).join('') +
  `<footer>Understudy: ${plain(provenanceText(provenance))}.</footer>\n</body>\n</html>\n`;
