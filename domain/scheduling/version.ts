// Hypervisor versions as sources write them: `9.1.0`, or libvirt's one integer 9001000.

/** Parts to compare one by one; null when it is neither form. */
export const versionParts = (text: string): readonly number[] | null => {
  if (/^\d{6,}$/.test(text)) {
    const n = Number(text);
    return [Math.floor(n / 1e6), Math.floor(n / 1000) % 1000, n % 1000];
  }
  return /^\d+(\.\d+)*$/.test(text) ? text.split('.').map(Number) : null;
};

/** libvirt's integer, which grows with the version; null when it is no version. */
export const versionNumber = (text: string): number | null => {
  const parts = versionParts(text);
  return parts === null ? null : (parts[0] ?? 0) * 1e6 + (parts[1] ?? 0) * 1000 + (parts[2] ?? 0);
};
