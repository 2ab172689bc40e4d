// The places of the window that are built, in the order and under the number keys of the design.
export const PLACES = [
  { id: 'cluster', name: 'Cluster', key: '1' },
  { id: 'network', name: 'Network', key: '2' },
  { id: 'migrate', name: 'Migrate', key: '3' },
  { id: 'drill', name: 'Drill', key: '4' },
  { id: 'consolidate', name: 'Consolidate', key: '5' },
  { id: 'capacity', name: 'Capacity', key: '6' },
  { id: 'compare', name: 'Compare', key: '7' },
] as const;
export type PlaceId = (typeof PLACES)[number]['id'];

export const isPlace = (text: string | null): text is PlaceId => PLACES.some((p) => p.id === text);
