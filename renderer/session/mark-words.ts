// A mark in two or three words, for places too narrow for its sentence.
import type { Mark } from '../../domain/readout/picture-types.ts';

const named = (mark: Mark, word: string, without: string): string =>
  mark.entity.startsWith('host:') ? `${mark.entity.slice('host:'.length)} ${word}` : without;

export const markWords = (mark: Mark): string => {
  switch (mark.kind) {
    case 'host-down':
      return named(mark, 'down', 'host down');
    case 'fenced':
      return named(mark, 'fenced', 'fenced');
    case 'host-up':
      return named(mark, 'up', 'host up');
    case 'drain':
      return named(mark, 'disabled', 'drain');
    case 'fault':
      return named(mark, 'fails', 'fault');
    case 'migration':
      return 'migration';
    case 'evacuation':
      return 'evacuation';
    case 'error':
      return /NoValidHost/.test(mark.label) ? 'NoValidHost' : 'error';
    case 'anomaly':
      return 'contradiction';
    case 'note':
      return mark.label;
  }
};
