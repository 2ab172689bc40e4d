// Everything that can be done from the keyboard or the find field: one table, read by both and by the key sheet.
import { stepsOf } from './steps.ts';
import type { Desk } from '../session/desk.ts';
import { PLACES } from '../session/places.ts';

export type Command = {
  readonly name: string;
  /** As written on the key sheet; null for commands without a key. */
  readonly keys: string | null;
  /** Matches the event; letters only where a person has them on. */
  readonly when: ((e: KeyboardEvent) => boolean) | null;
  /** Why it cannot be done now; null when it can. */
  readonly refused?: (desk: Desk) => string | null;
  readonly run: (desk: Desk) => void;
  /** True where no modifier is held, so that it must not steal from a text field. */
  readonly plain: boolean;
};

const plainKey =
  (key: string, shift = false) =>
  (e: KeyboardEvent): boolean =>
    e.key === key &&
    (e.shiftKey === shift || key.length > 1 || !/[a-z0-9]/i.test(key)) &&
    !e.ctrlKey &&
    !e.metaKey &&
    !e.altKey;

const chord =
  (key: string, shift = false) =>
  (e: KeyboardEvent): boolean =>
    e.key.toLowerCase() === key && e.shiftKey === shift && (e.ctrlKey || e.metaKey) && !e.altKey;

const alt =
  (key: string) =>
  (e: KeyboardEvent): boolean =>
    e.key === key && e.altKey && !e.shiftKey && !e.ctrlKey && !e.metaKey;

const act = (
  name: string,
  keys: string | null,
  when: Command['when'],
  run: Command['run'],
  refused?: NonNullable<Command['refused']>,
): Command => ({
  name,
  keys,
  when,
  run,
  plain: keys === null || !/^(Ctrl|Alt)/.test(keys),
  ...(refused === undefined ? {} : { refused }),
});

const selectedHost = (desk: Desk): string | null => {
  const entity = desk.selection.peek();
  if (entity === null) return null;
  if (entity.startsWith('host:')) return entity.slice(5);
  return desk.picture.peek()?.hosts.find((h) => h.vms.some((v) => `vm:${v.id}` === entity))?.name ?? null;
};

const needsSelection = (desk: Desk): string | null =>
  desk.selection.peek() === null ? 'select something first' : null;
const needsHost = (desk: Desk): string | null => (selectedHost(desk) === null ? 'select a host or a VM first' : null);

const toggleDensity = (desk: Desk): void => {
  const { density } = desk.preferences;
  density.value = density.peek() === 'compact' ? 'regular' : density.peek() === 'regular' ? 'comfortable' : 'compact';
};

/** Zooms about the cursor where it is in view, else about the middle. */
const zoomBy = (factor: number) => (desk: Desk) => {
  const { from, to } = desk.range.peek();
  const at = desk.player.at.peek().at;
  const middle = at >= from && at <= to ? at : (from + to) / 2;
  desk.range.value = { from: middle - (middle - from) * factor, to: middle + (to - middle) * factor };
};

const REGIONS = ['header', 'rail', 'stage', 'inspector', 'dock'] as const;
const nextRegion = (): void => {
  const now = document.activeElement?.closest('[data-region]')?.getAttribute('data-region');
  const start = REGIONS.findIndex((r) => r === now);
  for (let i = 1; i <= REGIONS.length; i++) {
    const region = document.querySelector(`[data-region=${REGIONS[(start + i) % REGIONS.length]}]`);
    const target = region?.querySelector<HTMLElement>('[tabindex="0"], button, input, select');
    if (target) return target.focus();
  }
};

const compareWithParent = (desk: Desk): void => {
  desk.against.value = null;
  desk.place.value = 'compare';
};

/** What can be done with the selection, as its menu lists it: these first, and the palette has them too. */
export const SELECTION_COMMANDS: readonly Command[] = [
  act('Open it in the inspector', null, null, (desk) => desk.select(desk.selection.peek()), needsSelection),
  act(
    'Plan to empty the selected host',
    'M',
    plainKey('m'),
    (desk) => {
      const host = selectedHost(desk);
      if (host !== null && !desk.migrate.hosts.peek().includes(host)) desk.migrate.toggleHost(host);
      desk.place.value = 'migrate';
    },
    needsHost,
  ),
  act(
    'Fail the selected host in a drill',
    'D',
    plainKey('d'),
    (desk) => {
      const host = selectedHost(desk);
      if (host !== null && !desk.faults.peek().includes(host)) desk.toggleFault(host);
      desk.selection.value = null;
      desk.place.value = 'drill';
    },
    needsHost,
  ),
  act(
    'Show its flow tables and tunnels',
    null,
    null,
    (desk) => {
      desk.place.value = 'network';
    },
    needsHost,
  ),
  act(
    'Copy its name',
    null,
    null,
    (desk) => {
      const entity = desk.selection.peek() ?? '';
      const vm = desk.picture
        .peek()
        ?.hosts.flatMap((h) => h.vms)
        .find((v) => `vm:${v.id}` === entity);
      void navigator.clipboard.writeText(vm?.name ?? entity.slice(entity.indexOf(':') + 1));
    },
    needsSelection,
  ),
];

export const COMMANDS: readonly Command[] = [
  ...SELECTION_COMMANDS,
  ...PLACES.map((p) => act(`Go to ${p.name}`, p.key, plainKey(p.key), (desk) => (desk.place.value = p.id))),
  act('Find or do anything', 'Ctrl K', chord('k'), (desk) => (desk.sheet.value = 'find')),
  act('Go to an instant or seq', 'Ctrl G', chord('g'), (desk) => (desk.sheet.value = 'find')),
  act('Play, pause', 'Space', plainKey(' '), (desk) => desk.player.toggle()),
  act('Event back', ',', plainKey(','), (desk) => void stepsOf(desk).step(-1, 'event')),
  act('Event on', '.', plainKey('.'), (desk) => void stepsOf(desk).step(1, 'event')),
  act('Incident mark back', 'Shift ,', plainKey('<'), (desk) => void stepsOf(desk).step(-1, 'mark')),
  act('Incident mark on', 'Shift .', plainKey('>'), (desk) => void stepsOf(desk).step(1, 'mark')),
  act('Anomaly back', '[', plainKey('['), (desk) => void stepsOf(desk).step(-1, 'anomaly')),
  act('Anomaly on', ']', plainKey(']'), (desk) => void stepsOf(desk).step(1, 'anomaly')),
  act('Start of the timeline', 'Home', plainKey('Home'), (desk) => stepsOf(desk).toStart()),
  act('Head of the timeline', 'End', plainKey('End'), (desk) => stepsOf(desk).toEnd()),
  act('Zoom the timeline in', '+', plainKey('+'), zoomBy(1 / 1.6)),
  act('Zoom the timeline out', '-', plainKey('-'), zoomBy(1.6)),
  act('Show the whole timeline', '0', plainKey('0'), (desk) => {
    const info = desk.timelineInfo.peek();
    if (info?.from !== null && info?.from !== undefined && info.to !== null)
      desk.range.value = { from: info.from - 60_000, to: info.to + 60_000 };
  }),
  act(
    'Branch here',
    'B',
    plainKey('b'),
    (desk) => (desk.sheet.value = 'branches'),
    (desk) => (desk.log.peek()?.readOnly ? 'the log is open read-only' : null),
  ),
  act('Compare the branch with its parent', 'C', plainKey('c'), compareWithParent, (desk) =>
    desk.isBranch.peek() ? null : 'main has no parent; open a branch first',
  ),
  act('Report of this question', 'R', plainKey('r'), (desk) => (desk.sheet.value = 'report')),
  act('Export a picture or a table', 'Ctrl E', chord('e'), (desk) => (desk.sheet.value = 'export')),
  act('All anomalies', 'A', plainKey('a'), (desk) => {
    desk.inspectorOpen.value = true;
    desk.sheet.value = desk.sheet.peek() === 'anomalies' ? null : 'anomalies';
  }),
  act('Inspector', 'I', plainKey('i'), (desk) => (desk.inspectorOpen.value = !desk.inspectorOpen.peek())),
  act('Dock', 'T', plainKey('t'), (desk) => (desk.dockOpen.value = !desk.dockOpen.peek())),
  act(
    'This picture as a table, as a picture',
    'V',
    plainKey('v'),
    (desk) => {
      const table = desk.place.peek() === 'network' ? desk.overlay.asTable : desk.asTable;
      table.value = !table.peek();
    },
    (desk) =>
      ['cluster', 'network'].includes(desk.place.peek()) ? null : 'the pictures here have a table beside them',
  ),
  {
    ...act(
      'Undo what I chose last (never an event)',
      'Ctrl Z',
      chord('z'),
      (desk) => void desk.choices.undo(),
      (desk) => (desk.choices.isEmpty ? 'nothing was chosen' : null),
    ),
    plain: true, // a text field has its own
  },
  act(
    'Menu of the selection',
    'Shift F10',
    (e) => (e.key === 'F10' && e.shiftKey) || e.key === 'ContextMenu',
    (desk) => (desk.sheet.value = 'menu'),
    (desk) => (desk.selection.peek() === null ? 'select a host or a VM first' : null),
  ),
  act('Back in what I looked at', 'Alt ←', alt('ArrowLeft'), () => window.history.back()),
  act('Forward in what I looked at', 'Alt →', alt('ArrowRight'), () => window.history.forward()),
  act('Next region', 'F6', plainKey('F6'), nextRegion),
  act('Density of rows', 'Ctrl Shift D', chord('d', true), toggleDensity),
  act(
    'Import files',
    'Ctrl O',
    chord('o'),
    () => document.querySelector<HTMLInputElement>('input[type=file]')?.click(),
    (desk) => (desk.log.peek()?.readOnly ? 'the log is open read-only' : null),
  ),
  act('Theme: light', null, null, (desk) => (desk.preferences.theme.value = 'light')),
  act('Theme: dark', null, null, (desk) => (desk.preferences.theme.value = 'dark')),
  act('Theme: as the system', null, null, (desk) => (desk.preferences.theme.value = 'system')),
  act(
    'Back to the record',
    null,
    null,
    (desk) => desk.switchTo('main'),
    (desk) => (desk.isBranch.peek() ? null : 'you are on it'),
  ),
  act('Keys', '?', plainKey('?'), (desk) => (desk.sheet.value = 'keys')),
];

/** Escape: close what is open, else clear the selection. */
export const escape = (desk: Desk): void => {
  if (desk.sheet.peek() !== null) desk.sheet.value = null;
  else desk.selection.value = null;
};
