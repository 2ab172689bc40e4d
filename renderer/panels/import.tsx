// Import by dropping files anywhere: read here, sent to the service, watched, and reported file by file.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FileReport, ImportReport } from '../../domain/contract/contract.ts';
import type { Progress } from '../../domain/contract/port.ts';
import { toBase64 } from '../../domain/base/base64.ts';
import { useDesk } from '../session/desk.ts';
import { count, mebibytes, plural } from '../../domain/readout/words.ts';
import { Sheet } from './sheet.tsx';

type Work =
  | { readonly stage: 'none' }
  | {
      readonly stage: 'running';
      readonly names: readonly string[];
      readonly progress: Progress | null;
      readonly stop: AbortController;
    }
  | { readonly stage: 'done'; readonly report: ImportReport }
  | { readonly stage: 'failed'; readonly names: readonly string[]; readonly sentence: string };

const LARGEST_MIB = 64; // a message to the service is held in memory three times; larger files belong to the command line
const REFUSED_SHOWN = 50;

const carriesFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') ?? false;

const bytesOf = async (file: File): Promise<{ name: string; base64: string }> => ({
  name: file.name,
  base64: toBase64(new Uint8Array(await file.arrayBuffer())),
});

const ignoredWords = (f: FileReport): string => {
  const parts = Object.entries(f.ignored).map(([why, n]) => `${count(n)} ${why}`);
  return parts.length === 0 ? '0' : parts.join(', ');
};

const FileRow = ({ file }: { readonly file: FileReport }) => (
  <>
    <tr>
      <td class="name" title={file.path}>
        <b>{file.path}</b>
      </td>
      <td>{file.format}</td>
      <td class="right">{count(file.lines)}</td>
      <td class="right">{count(file.events)}</td>
      <td class="right">{count(file.duplicates)}</td>
      <td class="right">{ignoredWords(file)}</td>
      <td class={`right ${file.refused.length > 0 ? 'warn-ink' : ''}`}>{count(file.refused.length)}</td>
    </tr>
    {file.refused.slice(0, REFUSED_SHOWN).map((r) => (
      <tr key={r.line} class="refused">
        <td colSpan={7}>
          line {count(r.line)}: {r.why}
        </td>
      </tr>
    ))}
  </>
);

const Report = ({ report }: { readonly report: ImportReport }) => {
  const events = report.files.reduce((n, f) => n + f.events, 0);
  const refused = report.files.reduce((n, f) => n + f.refused.length, 0);
  const doubled = report.files.reduce((n, f) => n + f.duplicates, 0);
  const [only] = report.files;
  const nothingNew = events === 0 && doubled > 0;
  return (
    <>
      <h2>{nothingNew ? 'Nothing new: all of it was in the log already' : `${plural(events, 'event')} imported`}</h2>
      <p class="ink-2">
        {report.files.length === 1 && only !== undefined
          ? `From ${only.path}. `
          : `From ${plural(report.files.length, 'file')}. `}
        {refused > 0 ? `${plural(refused, 'line')} refused; the rest was kept.` : 'No line was refused.'}
      </p>
      <div class="scroll">
        <table class="rows import-report">
          <thead>
            <tr>
              <th>file</th>
              <th>format</th>
              <th class="right">lines</th>
              <th class="right">events</th>
              <th class="right">known before</th>
              <th class="right">ignored</th>
              <th class="right">refused</th>
            </tr>
          </thead>
          <tbody>
            {report.files.map((f) => (
              <FileRow key={f.path} file={f} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
};

const Running = ({ work }: { readonly work: Extract<Work, { stage: 'running' }> }) => {
  const { progress, names, stop } = work;
  const share = progress?.total ? progress.done / progress.total : null;
  return (
    <>
      <h2>Importing {names.length === 1 ? names[0] : plural(names.length, 'file')}</h2>
      <progress value={share ?? undefined} max={1} aria-label="Import" />
      <div class="row">
        <p class="ink-2">
          {progress === null
            ? 'Reading.'
            : `${progress.says}${progress.total === null ? '' : `: ${count(progress.done)} of ${count(progress.total)}`}`}
        </p>
        <span class="spring" />
        <button type="button" class="btn small" onClick={() => stop.abort()}>
          Cancel
        </button>
      </div>
    </>
  );
};

const useImport = (): { work: Work; begin: (files: readonly File[]) => void; clear: () => void } => {
  const desk = useDesk();
  const [work, setWork] = useState<Work>({ stage: 'none' });
  const busy = useRef(false);
  const run = async (files: readonly File[]): Promise<void> => {
    const names = files.map((f) => f.name);
    const large = files.find((f) => f.size > LARGEST_MIB * 1024 ** 2);
    if (large !== undefined) {
      const sentence = `${large.name} is ${mebibytes(large.size / 1024 ** 2)}; the window takes files up to ${LARGEST_MIB} MiB. Import it on the command line: understudy import ${large.name}`;
      return setWork({ stage: 'failed', names, sentence });
    }
    const stop = new AbortController();
    setWork({ stage: 'running', names, progress: null, stop });
    const read = await Promise.all(files.map(bytesOf));
    const answer = await desk.client.call(
      'intake.import',
      { timeline: desk.timeline.peek(), files: read },
      { signal: stop.signal, progress: (progress) => setWork({ stage: 'running', names, progress, stop }) },
    );
    if (!answer.ok) return setWork({ stage: 'failed', names, sentence: answer.error.sentence });
    setWork({ stage: 'done', report: answer.value });
    await desk.refreshLog();
  };
  const begin = (files: readonly File[]): void => {
    if (busy.current || files.length === 0) return;
    busy.current = true;
    const done = desk.idle.begin('import');
    void run(files).finally(() => {
      busy.current = false;
      done();
    });
  };
  return { work, begin, clear: () => setWork({ stage: 'none' }) };
};

export const ImportDrop = () => {
  const desk = useDesk();
  const [over, setOver] = useState(false);
  const { work, begin, clear } = useImport();
  useEffect(() => {
    const enter = (e: DragEvent): void => {
      if (!carriesFiles(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent): void => {
      if (e.relatedTarget === null) setOver(false);
    };
    const drop = (e: DragEvent): void => {
      if (!carriesFiles(e)) return;
      e.preventDefault();
      setOver(false);
      begin([...(e.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragover', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragover', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return (
    <>
      {over && (
        <div class="drop-here" aria-hidden="true">
          <b>Drop to import into {desk.timeline.value}</b>
          <span>
            Notifications, command transcripts, logs, Understudy's own JSON lines. Importing twice changes nothing.
          </span>
        </div>
      )}
      <input
        type="file"
        multiple
        hidden
        data-testid="import-input"
        onChange={(e) => {
          begin([...(e.currentTarget.files ?? [])]);
          e.currentTarget.value = '';
        }}
      />
      {work.stage !== 'none' && (
        <Sheet class="import-sheet" label="Import" onClose={() => (work.stage === 'running' ? undefined : clear())}>
          {work.stage === 'running' && <Running work={work} />}
          {work.stage === 'done' && <Report report={work.report} />}
          {work.stage === 'failed' && (
            <>
              <h2>Not imported: {work.names.join(', ')}</h2>
              <p class="failure">{work.sentence}</p>
            </>
          )}
          {work.stage !== 'running' && (
            <div class="row end">
              <button type="button" class="btn primary" onClick={clear}>
                Close
              </button>
            </div>
          )}
        </Sheet>
      )}
    </>
  );
};
