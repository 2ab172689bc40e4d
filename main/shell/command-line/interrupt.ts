// Ctrl-C while something is written: the first lets what is under way end whole, the second ends the process at once.

export type Interrupt = { readonly signal: AbortSignal; readonly ignore: () => void };

/** Aborts its signal when the person interrupts; `ignore` gives the key back its usual meaning. */
export const onInterrupt = (): Interrupt => {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, ignore: () => void process.off('SIGINT', stop) };
};
