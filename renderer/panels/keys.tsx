// The key sheet.
import { useDesk } from '../session/desk.ts';
import { COMMANDS } from './commands.ts';
import { Sheet } from './sheet.tsx';

const ON_SURFACES: readonly (readonly [string, string])[] = [
  ['arrows', 'Move on the map, the timeline, a list'],
  ['Enter', 'Open in the inspector; again: go on into its VMs'],
  ['PgUp, PgDn', 'Leap along the timeline'],
  ['wheel', 'Zoom the timeline; Shift: pan'],
  ['Esc', 'Close, then clear the selection'],
];

export const KeySheet = () => {
  const desk = useDesk();
  if (desk.sheet.value !== 'keys') return null;
  const rows = [...COMMANDS.flatMap((c) => (c.keys === null ? [] : [[c.keys, c.name] as const])), ...ON_SURFACES];
  return (
    <Sheet label="Keys" onClose={() => (desk.sheet.value = null)}>
      <h2>Keys</h2>
      <dl class="key-list">
        {rows.map(([keys, name]) => (
          <div key={keys + name}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">Single letters work while no text is being typed; the view menu turns them off.</p>
    </Sheet>
  );
};
