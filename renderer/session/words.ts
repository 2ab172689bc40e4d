// The words of the window are those of every readout.
export * from '../../domain/readout/words.ts';
