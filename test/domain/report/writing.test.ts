// A report written down: Markdown that renders as one table a table, and a page that cannot be broken by what a name holds.
import { describe, expect, it } from 'vitest';
import { type Document, list, section, table, text } from '../../../domain/report/document.ts';
import { html } from '../../../domain/report/html.ts';
import { markdown } from '../../../domain/report/markdown.ts';

const hostile = 'a|b <script>alert("x")</script> *c* [d](http://e) \\ f\ng';

const document = (rows: number): Document => ({
  title: `On ${hostile}`,
  verdict: 'Safe.',
  provenance: { log: 'demo', timeline: 'main', at: '2026-11-17T10:36:00Z', seq: 12, hash: '9b0f8eefa087aaaa' },
  sections: [
    ...section('Words', [text(hostile), list([hostile]), null]),
    ...section('Nothing', [null]),
    ...section('Rows', [
      table(
        Array.from({ length: rows }, (_, i) => i),
        [
          { head: 'name', cell: () => hostile },
          { head: 'n', right: true, cell: (n) => n },
          { head: 'none', cell: () => null },
        ],
      ),
    ]),
  ],
});

describe('Markdown', () => {
  it('keeps every row on one line with as many cells as the head, whatever a cell holds', () => {
    const lines = markdown(document(3)).split('\n');
    const rows = lines.filter((l) => l.startsWith('| '));
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row.replaceAll(String.raw`\|`, '').split('|')).toHaveLength(5);
    expect(rows[1]).toBe('| --- | --: | --- |');
    expect(rows[4]).toContain('| 2 | – |');
  });

  it('takes markup in a name for a name, and leaves what reads as a word alone', () => {
    const words = markdown({ ...document(0), title: 'MEMORY_MB of _vm_ <b>' });
    expect(words).toContain(String.raw`# MEMORY_MB of \_vm\_ \<b\>`);
  });

  it('says where the answer comes from, and leaves out a section that would be empty', () => {
    const words = markdown(document(1));
    expect(words).toContain(
      'Understudy: log demo, timeline main, 2026-11-17T10:36:00Z, event #12, state 9b0f8eefa087.',
    );
    expect(words).not.toContain('## Nothing');
  });
});

describe('a page', () => {
  it('holds no tag that came from a name and nothing fetched from elsewhere', () => {
    const page = html(document(2));
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/(?:src|href)=/);
    expect(page.match(/<tr>/g)).toHaveLength(3);
  });
});

it('a long table is cut, and says by how much', () => {
  expect(markdown(document(1_000))).toMatch(/\nand 800 more\.\n/);
  expect(html(document(1_000))).toContain('<p>and 800 more.</p>');
});
