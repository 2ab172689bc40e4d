// Stub.
export const ImportDrop = () => null;
