// The menu of the selection: what can be done with it, by arrow keys or pointer; what cannot says why.
import { useDesk } from '../session/desk.ts';
import { SELECTION_COMMANDS } from './commands.ts';
import { Popover } from './popover.tsx';

const moveFocus = (e: KeyboardEvent): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step === undefined || !(e.currentTarget instanceof HTMLElement)) return;
  e.preventDefault();
  e.stopPropagation();
  const items = [...e.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const now = items.findIndex((item) => item === document.activeElement);
  items[(now + step + items.length) % items.length]?.focus();
};

const nameOf = (desk: ReturnType<typeof useDesk>): string => {
  const entity = desk.selection.value ?? '';
  const vm = desk.picture.value?.hosts.flatMap((h) => h.vms).find((v) => `vm:${v.id}` === entity);
  return vm?.name ?? entity.slice(entity.indexOf(':') + 1);
};

export const SelectionMenu = () => {
  const desk = useDesk();
  if (desk.sheet.value !== 'menu') return null;
  const close = (): void => void (desk.sheet.value = null);
  return (
    <Popover class="selection-menu" label={`Menu of ${nameOf(desk)}`} onClose={close}>
      <h3>{nameOf(desk)}</h3>
      <div role="menu" onKeyDown={moveFocus} data-testid="selection-menu">
        {SELECTION_COMMANDS.map((command) => {
          const refused = command.refused?.(desk) ?? null;
          return (
            <button
              type="button"
              role="menuitem"
              key={command.name}
              disabled={refused !== null}
              title={refused ?? undefined}
              onClick={() => {
                close();
                command.run(desk);
              }}
            >
              {command.name}
              {command.keys !== null && <kbd>{command.keys}</kbd>}
            </button>
          );
        })}
      </div>
    </Popover>
  );
};
