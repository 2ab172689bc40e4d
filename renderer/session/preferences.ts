// How the person likes the window: theme and density, remembered on this machine.
import { effect, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['compact', 'regular', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

const stored = <T extends string>(key: string, allowed: readonly T[], otherwise: T): T => {
  const value = window.localStorage.getItem(`understudy.${key}`);
  return allowed.find((a) => a === value) ?? otherwise;
};

export class Preferences {
  readonly theme = signal<Theme>(stored('theme', THEMES, 'system'));
  readonly density = signal<Density>(stored('density', DENSITIES, 'regular'));
  /** Single letters work as keys; people who dictate turn them off. */
  readonly letterKeys = signal(stored('letters', ['on', 'off'], 'on'));
  /** Counts theme changes, so that canvases and charts read their colours again. */
  readonly paletteAge = signal(0);

  constructor() {
    const root = document.documentElement;
    effect(() => {
      if (this.theme.value === 'system') delete root.dataset['theme'];
      else root.dataset['theme'] = this.theme.value;
      root.dataset['density'] = this.density.value;
      window.localStorage.setItem('understudy.theme', this.theme.value);
      window.localStorage.setItem('understudy.density', this.density.value);
      window.localStorage.setItem('understudy.letters', this.letterKeys.value);
      this.paletteAge.value = this.paletteAge.peek() + 1;
    });
    for (const question of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
      window.matchMedia(question).addEventListener('change', () => (this.paletteAge.value += 1));
    }
  }
}
