// Stub.
export const useShortcuts = (): void => undefined;
