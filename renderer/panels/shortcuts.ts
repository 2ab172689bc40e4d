// The keyboard of the whole window: chords work everywhere, single letters only where no text is being typed.
import { useEffect } from 'preact/hooks';
import { useDesk } from '../session/desk.ts';
import { COMMANDS, escape } from './commands.ts';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches('input:not([type=checkbox]), textarea, select') || target.isContentEditable);

const onControl = (e: KeyboardEvent): boolean =>
  (e.key === ' ' || e.key === 'Enter') &&
  e.target instanceof HTMLElement &&
  e.target.matches('button, a, input, select');

export const useShortcuts = (): void => {
  const desk = useDesk();
  useEffect(() => {
    const heard = (e: KeyboardEvent): void => {
      if (e.defaultPrevented) return;
      if (e.key === 'Escape') return escape(desk);
      for (const command of COMMANDS) {
        if (command.when === null || !command.when(e)) continue;
        if (command.plain && (typing(e.target) || onControl(e))) return;
        const letter = /^[A-Z]$/.test(command.keys ?? '');
        if (letter && desk.preferences.letterKeys.peek() === 'off') return;
        if ((command.refused?.(desk) ?? null) !== null) return;
        e.preventDefault();
        return command.run(desk);
      }
    };
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, [desk]);
};
