// The law of dependencies as data: which room may import which rooms and which packages. What is not allowed is forbidden.

/** Rooms of `domain/`, top to bottom; a room imports rooms above it only. */
const DOMAIN_ROOMS = [
  'base',
  'events',
  'machines',
  'cluster',
  'readout',
  'timeline',
  'scheduling',
  'migration',
  'network',
  'datapath',
  'drill',
  'generator',
  'planning',
  'consolidation',
  'capacity',
  'report',
  'contract',
] as const;

/** Rooms of `main/`, top to bottom; all of them see all of `domain/`. */
const MAIN_ROOMS = ['log', 'ingest', 'work', 'service', 'shell'] as const;

/** Rooms of `renderer/` share one window, so among themselves only cycles are forbidden. */
const RENDERER = 'renderer';

/** Packages a room may use. Everything else needs a line here, and a reason in the commit that adds it. */
const PACKAGES: Readonly<Record<string, readonly RegExp[]>> = {
  'domain/machines': [/^@xstate\/fsm$/],
  'domain/events': [/^typebox$/],
  'main/log': [/^node:/, /^better-sqlite3$/],
  'main/ingest': [/^node:/, /^typebox(\/compile)?$/, /^csv-parse(\/sync)?$/, /^yaml$/, /^fflate$/],
  'main/work': [/^node:/],
  'main/service': [/^node:/, /^typebox(\/compile)?$/],
  'main/shell': [/^node:/, /^commander$/, /^ws$/, /^electron$/, /^vite$/],
  renderer: [/^preact(\/|$)/, /^@preact\/signals$/, /^rxjs(\/|$)/, /^echarts\//, /^zrender\//],
};

/** `domain/<room>`, `main/<room>` or `renderer`; null for files that are no room's. */
export const roomOf = (path: string): string | null => {
  const [top, room, rest] = path.split('/', 3);
  if (top === RENDERER) return RENDERER;
  if ((top === 'domain' || top === 'main') && rest !== undefined) return `${top}/${room}`;
  return null;
};

const isAbove = (rooms: readonly string[], above: string, below: string): boolean =>
  rooms.includes(above) && rooms.indexOf(above) <= rooms.indexOf(below);

/** True when a file of `from` may import a file of `to`. */
export const mayImportRoom = (from: string, to: string): boolean => {
  const [fromTop = '', fromRoom = ''] = from.split('/');
  const [toTop = '', toRoom = ''] = to.split('/');
  if (fromTop === 'domain') return toTop === 'domain' && isAbove(DOMAIN_ROOMS, toRoom, fromRoom);
  if (toTop === 'domain') return DOMAIN_ROOMS.some((room) => room === toRoom);
  if (fromTop === 'main') return toTop === 'main' && isAbove(MAIN_ROOMS, toRoom, fromRoom);
  return from === RENDERER && to === RENDERER;
};

/** True when a file of the room may import the package or built-in module. */
export const mayImportPackage = (room: string, name: string): boolean =>
  (PACKAGES[room] ?? []).some((allowed) => allowed.test(name));

export const isKnownRoom = (room: string): boolean => {
  const [top, name = ''] = room.split('/');
  if (top === 'domain') return DOMAIN_ROOMS.some((known) => known === name);
  if (top === 'main') return MAIN_ROOMS.some((known) => known === name);
  return room === RENDERER;
};
