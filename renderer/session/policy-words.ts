// What each compared policy is in a few words, and the token of its colour in tables and charts.
type Known = { readonly words: string; readonly token: string };

const KNOWN: Readonly<Record<string, Known>> = {
  npa: { words: 'No power awareness', token: 'idle' },
  dvfs: { words: 'DVFS only, nothing moves', token: 'cat-7' },
  'thr-mmt': { words: 'Static threshold', token: 'cat-2' },
  'iqr-mmt': { words: 'Interquartile range', token: 'cat-5' },
  'mad-mmt': { words: 'Median deviation', token: 'cat-3' },
  'lr-mmt': { words: 'Local regression', token: 'cat-4' },
  'lrr-mmt': { words: 'Robust local regression', token: 'cat-6' },
  'steady-cheapest': { words: 'Packed once, least watts', token: 'motion' },
  'steady-near': { words: 'Packed once, talkers together', token: 'ink-2' },
  steady: { words: 'Packed once, with safety', token: 'accent' },
};

export const policyWords = (policy: string): string => KNOWN[policy]?.words ?? '';
export const policyToken = (policy: string): string => KNOWN[policy]?.token ?? 'vm';
