// The frame around every place: header, rail, stage, inspector and the dock with the timeline.
import { useEffect } from 'preact/hooks';
import { useDesk } from '../session/desk.ts';
import { AnomaliesPanel } from './anomalies.tsx';
import { Dock } from './dock.tsx';
import { ExportSheet } from './export-sheet.tsx';
import { FindSheet } from './find.tsx';
import { Header } from './header.tsx';
import { ImportDrop } from './import.tsx';
import { Inspector } from './inspector.tsx';
import { KeySheet } from './keys.tsx';
import { LinkNotice } from './link-notice.tsx';
import { Rail } from './rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { ReportSheet } from './report-sheet.tsx';
import { SelectionMenu } from './selection-menu.tsx';
import { Stage } from './stage.tsx';

export const App = () => {
  const desk = useDesk();
  useShortcuts();
  const log = desk.log.value;
  useEffect(() => {
    document.title = log === null ? 'Understudy' : `${log.name} · Understudy`;
  }, [log]);
  const classes = ['app', desk.inspectorOpen.value ? '' : 'no-inspector', desk.dockOpen.value ? '' : 'small-dock'];
  return (
    <>
      <div class={classes.join(' ')}>
        <Header />
        <Rail />
        <main class="stage" data-region="stage">
          <LinkNotice />
          {log !== null && <Stage />}
        </main>
        {desk.inspectorOpen.value && (
          <aside class="inspector" aria-label="Inspector" data-region="inspector">
            {log === null ? null : desk.sheet.value === 'anomalies' ? <AnomaliesPanel /> : <Inspector />}
          </aside>
        )}
        <Dock />
      </div>
      <div class="too-narrow">
        Understudy needs a window at least 800 px wide. The anomalies of this instant are listed below.
      </div>
      <FindSheet />
      <KeySheet />
      <SelectionMenu />
      <ReportSheet />
      <ExportSheet />
      <ImportDrop />
    </>
  );
};
