// The flavors every Nova before Mitaka was installed with: what `m1.medium` means when a document does not say.

export type FlavorShape = { readonly vcpus: number; readonly ramMiB: number; readonly diskGiB: number };

/** nova/db/sqlalchemy/migrate_repo/versions/133_folsom.py and 216_havana.py, `_populate_instance_types`. */
const FLAVORS: Readonly<Record<string, FlavorShape>> = {
  'm1.tiny': { vcpus: 1, ramMiB: 512, diskGiB: 1 },
  'm1.small': { vcpus: 1, ramMiB: 2048, diskGiB: 20 },
  'm1.medium': { vcpus: 2, ramMiB: 4096, diskGiB: 40 },
  'm1.large': { vcpus: 4, ramMiB: 8192, diskGiB: 80 },
  'm1.xlarge': { vcpus: 8, ramMiB: 16384, diskGiB: 160 },
};
/** Their numeric ids, which `nova boot --flavor 1` uses. */
const BY_ID: readonly string[] = ['', 'm1.tiny', 'm1.small', 'm1.medium', 'm1.large', 'm1.xlarge'];

/** The name of a default flavor given by name or id; null for any other. */
export const defaultFlavor = (nameOrId: string): { readonly name: string; readonly shape: FlavorShape } | null => {
  const name = FLAVORS[nameOrId] === undefined ? (BY_ID[Number(nameOrId)] ?? '') : nameOrId;
  const shape = FLAVORS[name];
  return shape === undefined ? null : { name, shape };
};
