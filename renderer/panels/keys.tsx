// Stub.
export const KeySheet = () => null;
