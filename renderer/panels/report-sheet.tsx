// The report of the current question: to read, to copy into a ticket, to save as a file.
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../domain/contract/port.ts';
import type { Block, Document } from '../../domain/report/document.ts';
import { html } from '../../domain/report/html.ts';
import { markdown, provenanceText } from '../../domain/report/markdown.ts';
import { useDesk } from '../session/desk.ts';
import { reportOf } from '../session/report-of.ts';
import { fileName, saveFile } from '../session/save-file.ts';
import { Sheet } from './sheet.tsx';

const BlockView = ({ block }: { readonly block: Block }) => {
  switch (block.kind) {
    case 'text':
      return <p>{block.text}</p>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
    case 'table':
      return (
        <div class="scroll">
          <table class="rows">
            <thead>
              <tr>
                {block.columns.map(({ head, align }) => (
                  <th key={head} class={align}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={j} class={block.columns[j]?.align ?? 'left'}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {block.more > 0 && <p class="muted">and {block.more} more.</p>}
        </div>
      );
  }
};

const Actions = ({ document }: { readonly document: Document }) => {
  const [copied, setCopied] = useState(false);
  const name = fileName(document.title);
  return (
    <div class="row">
      <button
        type="button"
        class="btn small primary"
        onClick={() => void navigator.clipboard.writeText(markdown(document)).then(() => setCopied(true))}
      >
        {copied ? 'Copied' : 'Copy as Markdown'}
      </button>
      <button
        type="button"
        class="btn small"
        onClick={() => saveFile(`${name}.md`, new Blob([markdown(document)], { type: 'text/markdown' }))}
        data-testid="save-markdown"
      >
        Save Markdown
      </button>
      <button
        type="button"
        class="btn small"
        onClick={() => saveFile(`${name}.html`, new Blob([html(document)], { type: 'text/html' }))}
        data-testid="save-html"
      >
        Save as a page
      </button>
    </div>
  );
};

const Report = () => {
  const desk = useDesk();
  const [document, setDocument] = useState<Document | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let closed = false;
    void reportOf(desk).then((made) => {
      if (closed) return;
      if (made.ok) setDocument(made.value);
      else setFailure(made.error);
    });
    return () => {
      closed = true;
    };
  }, [desk]);
  if (failure !== null) return <p class="notice bad">{failure.sentence}</p>;
  if (document === null) return <p class="late muted">Writing the report.</p>;
  return (
    <article class="report" data-testid="report">
      <header>
        <h2>{document.title}</h2>
        <Actions document={document} />
      </header>
      <p class="lead">{document.verdict}</p>
      {document.sections.map(({ heading, blocks }) => (
        <section key={heading}>
          <h3>{heading}</h3>
          {blocks.map((block, i) => (
            <BlockView key={i} block={block} />
          ))}
        </section>
      ))}
      <p class="muted">Understudy: {provenanceText(document.provenance)}.</p>
    </article>
  );
};

export const ReportSheet = () => {
  const desk = useDesk();
  if (desk.sheet.value !== 'report') return null;
  return (
    <Sheet label="Report" class="wide" onClose={() => (desk.sheet.value = null)}>
      <Report />
    </Sheet>
  );
};
