// Stub.
export const DrillInspector = () => null;
