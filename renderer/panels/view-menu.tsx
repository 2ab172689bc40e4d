// Theme, density and letter keys.
import { capital } from '../../domain/readout/words.ts';
import { useDesk } from '../session/desk.ts';
import { DENSITIES, THEMES } from '../session/preferences.ts';
import { Popover } from './popover.tsx';
import { Segments } from './segments.tsx';

export const ViewMenu = () => {
  const { preferences, sheet } = useDesk();
  return (
    <Popover class="view" label="How the window looks" onClose={() => (sheet.value = null)}>
      <h3>Theme</h3>
      <Segments
        label="Theme"
        value={preferences.theme.value}
        choices={THEMES.map((t) => [t, capital(t)] as const)}
        onChoose={(t) => (preferences.theme.value = t)}
      />
      <h3>Rows</h3>
      <Segments
        label="Density of rows"
        value={preferences.density.value}
        choices={DENSITIES.map((d) => [d, capital(d)] as const)}
        onChoose={(d) => (preferences.density.value = d)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={preferences.letterKeys.value === 'on'}
          onChange={(e) => (preferences.letterKeys.value = e.currentTarget.checked ? 'on' : 'off')}
        />
        Single letters are keys
      </label>
    </Popover>
  );
};
