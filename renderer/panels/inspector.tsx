// Stub.
export const Inspector = () => null;
