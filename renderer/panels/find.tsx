// Stub.
export const FindSheet = () => null;
