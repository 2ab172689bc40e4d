// Takes a picture or a table of the stage away: PNG for pictures, CSV for tables.
import { useMemo } from 'preact/hooks';
import { useDesk } from '../session/desk.ts';
import { csvOf, onShow, pngOf, type Shown } from '../session/on-show.ts';
import { fileName, saveFile } from '../session/save-file.ts';
import { moment, plural } from '../../domain/readout/words.ts';
import { Sheet } from './sheet.tsx';

const save = async (shown: Shown, base: string): Promise<void> => {
  if (shown.kind === 'table') return saveFile(`${base}.csv`, new Blob([csvOf(shown.table)], { type: 'text/csv' }));
  const png = await pngOf(shown.canvases);
  if (png !== null) saveFile(`${base}.png`, png);
};

export const ExportSheet = () => {
  const desk = useDesk();
  const open = desk.sheet.value === 'export';
  const shown = useMemo(() => {
    const stage = open ? document.querySelector('[data-region=stage]') : null;
    return stage === null ? [] : onShow(stage);
  }, [open]);
  if (!open) return null;
  const at = moment(desk.player.settled.value.at);
  return (
    <Sheet label="Export" onClose={() => (desk.sheet.value = null)}>
      <h2>Export what is on show</h2>
      {shown.length === 0 && <p class="empty">Nothing here is a picture or a table.</p>}
      <ul class="menu" data-testid="exports">
        {shown.map((s, i) => (
          <li key={i}>
            <button type="button" onClick={() => void save(s, fileName(`${s.name} ${desk.timeline.value} ${at}`))}>
              <span>
                <b>{s.name}</b>
                <small>
                  {s.kind === 'picture'
                    ? 'picture, PNG'
                    : `table of ${plural(s.table.tBodies[0]?.rows.length ?? 0, 'row')}, CSV`}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p class="muted">Colours are those of the window; a long table has the rows that are shown.</p>
    </Sheet>
  );
};
