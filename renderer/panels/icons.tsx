// Line icons of places and controls, drawn on a 20 or 12 unit square in the colour of the text around them.
import type { PlaceId } from '../session/places.ts';

const PLACE_PATHS: Readonly<Record<PlaceId, string>> = {
  cluster:
    'M4 3h4a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM12 3h4a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM4 11h4a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1ZM12 11h4a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1Z',
  network:
    'M8 4a2 2 0 1 0 4 0a2 2 0 1 0-4 0ZM2 15a2 2 0 1 0 4 0a2 2 0 1 0-4 0ZM14 15a2 2 0 1 0 4 0a2 2 0 1 0-4 0ZM9 6 5 13M11 6l4 7M6 15h8',
  migrate:
    'M3.5 5h3a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM13.5 5h3a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM5 10h9m-2-2.4 2.4 2.4-2.4 2.4',
  drill: 'M11 2 4 11.5h5L8.5 18 16 8.5h-5z',
  consolidate: 'M4 16V8M8 16V4M12 16v-5M16 16V9M2.5 16.500h15',
  capacity: 'M3 14a7 7 0 1 1 14 0M10 14l3.5-4.5M2.5 17h15',
  compare:
    'M3.5 4H8a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM12 4h4.5a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H12a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM5 8h1.500M13.500 8H15M5 11h1.500M13.500 12H15',
};

export const PlaceIcon = ({ place }: { readonly place: PlaceId }) => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <path
      d={PLACE_PATHS[place]}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

const CONTROL_PATHS = {
  start: 'M2 2v8M10 2 4 6l6 4z',
  back: 'M9 2 3 6l6 4z',
  play: 'M3 1.5 10.500 6 3 10.500z',
  pause: 'M3 2h2v8H3zM7 2h2v8H7z',
  on: 'M3 2l6 4-6 4z',
  end: 'M10 2v8M2 2l6 4-6 4z',
} as const;

export const ControlIcon = ({ name }: { readonly name: keyof typeof CONTROL_PATHS }) => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path
      d={CONTROL_PATHS[name]}
      fill="currentColor"
      stroke="currentColor"
      stroke-width={name === 'start' || name === 'end' ? 1.5 : 0}
    />
  </svg>
);

export const Mark = () => (
  <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
    <path d="M4 3v9a7 7 0 0 0 14 0V3" fill="none" stroke="var(--ink)" stroke-width="2.4" stroke-linecap="round" />
    <path d="M11 3v9" stroke="var(--accent)" stroke-width="2.4" stroke-linecap="round" stroke-dasharray="3 3.200" />
  </svg>
);

export const Magnifier = () => (
  <svg
    width="13"
    height="13"
    viewBox="0 0 13 13"
    fill="none"
    stroke="currentColor"
    stroke-width="1.4"
    aria-hidden="true"
  >
    <circle cx="5.5" cy="5.5" r="4" />
    <path d="M8.500 8.500 12 12" />
  </svg>
);
