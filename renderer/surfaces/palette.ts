// The tokens as plain colours, read once per theme change: canvases and charts cannot read CSS variables.

const NAMES = [
  'bg',
  'surface',
  'well',
  'line',
  'line-strong',
  'ink',
  'ink-2',
  'ink-3',
  'accent',
  'accent-ink',
  'accent-wash',
  'on-accent',
  'critical',
  'critical-ink',
  'critical-wash',
  'warn',
  'warn-ink',
  'warn-wash',
  'motion',
  'motion-ink',
  'motion-wash',
  'branch',
  'branch-ink',
  'branch-wash',
  'idle',
  'vm',
] as const;
export type TokenName = (typeof NAMES)[number];

const LOAD_STEPS = 8;
const CATEGORIES = 7;

export type Palette = Readonly<Record<TokenName, string>> & {
  /** Eight steps, more = further from the background. */
  readonly load: readonly string[];
  /** Told apart by everyone, in no order. */
  readonly cats: readonly string[];
  readonly sans: string;
};

export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const colours = Object.fromEntries(NAMES.map((n) => [n, token(n)])) as Record<TokenName, string>;
  return {
    ...colours,
    load: Array.from({ length: LOAD_STEPS }, (_, i) => token(`load-${i}`)),
    cats: Array.from({ length: CATEGORIES }, (_, i) => token(`cat-${i + 1}`)),
    sans: token('sans'),
  };
};

/** The step of the load ramp for a share 0..1. */
export const loadColour = (palette: Palette, share: number): string =>
  palette.load[Math.min(LOAD_STEPS - 1, Math.max(0, Math.floor(share * LOAD_STEPS)))] ?? palette.vm;
