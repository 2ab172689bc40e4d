// Stub.
export const AnomaliesPanel = () => null;
