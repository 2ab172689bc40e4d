// Find or do anything: entities and events of the log, commands, and typed instants in one field.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Hit } from '../../domain/contract/contract.ts';
import { useDesk, type Desk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { GlyphName } from '../surfaces/glyphs.ts';
import { COMMANDS } from './commands.ts';
import { Sheet } from './sheet.tsx';
import { typedInstant } from './typed-instant.ts';

type Choice = {
  readonly key: string;
  readonly glyph: GlyphName;
  readonly kind: string;
  readonly label: string;
  readonly detail: string;
  readonly keys: string | null;
  readonly refused: string | null;
  readonly run: () => void;
};

const MOST_HITS = 12;
const MOST_COMMANDS = 8;

const commandChoices = (desk: Desk, text: string): readonly Choice[] => {
  const wanted = text.trim().toLowerCase();
  return COMMANDS.filter((c) => c.name.toLowerCase().includes(wanted))
    .slice(0, wanted === '' ? COMMANDS.length : MOST_COMMANDS)
    .map((c) => ({
      key: `command/${c.name}`,
      glyph: 'command',
      kind: 'command',
      label: c.name,
      detail: '',
      keys: c.keys,
      refused: c.refused?.(desk) ?? null,
      run: () => c.run(desk),
    }));
};

const hitChoice = (desk: Desk, hit: Hit, index: number): Choice => ({
  key: `hit/${index}/${hit.entity ?? ''}/${hit.label}`,
  glyph: hit.kind === 'event' ? 'dot' : hit.kind === 'instant' ? 'clock' : 'plus',
  kind: hit.kind,
  label: hit.label,
  detail: hit.detail,
  keys: null,
  refused: null,
  run: () => {
    if (hit.entity !== null) desk.select(hit.entity);
    if (hit.at !== null) desk.goTo(hit.at);
  },
});

const Rows = ({
  choices,
  active,
  onRun,
}: {
  choices: readonly Choice[];
  active: number;
  onRun: (c: Choice) => void;
}) => (
  <ul class="found" role="listbox" id="found" aria-label="Found">
    {choices.map((c, i) => (
      <li
        key={c.key}
        id={`found-${i}`}
        role="option"
        aria-selected={i === active}
        aria-disabled={c.refused !== null}
        class={i === active ? 'on' : ''}
        onPointerDown={(e) => {
          e.preventDefault();
          onRun(c);
        }}
      >
        <Glyph name={c.glyph} tone="idle-ink" />
        <b>{c.label}</b>
        <small>{c.refused ?? c.detail}</small>
        {c.keys === null ? <em>{c.kind}</em> : <kbd>{c.keys}</kbd>}
      </li>
    ))}
  </ul>
);

const FindField = () => {
  const desk = useDesk();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const wanted = text.trim();
  const found = useLatest(
    'view.find',
    wanted === ''
      ? null
      : { timeline: desk.timeline.value, at: desk.player.settled.value, text: wanted, limit: MOST_HITS },
  );
  const close = (): void => {
    desk.sheet.value = null;
  };
  const now = desk.player.settled.value.at;
  const choices = useMemo(() => {
    const typed = typedInstant(wanted, now);
    const instants: Choice[] =
      typed === null
        ? []
        : [
            {
              key: 'typed',
              glyph: 'clock',
              kind: 'instant',
              label: `Go to ${typed.says}`,
              detail: '',
              keys: null,
              refused: null,
              run: () => desk.goTo({ at: typed.at, seq: null }),
            },
          ];
    const hits = (found.value ?? []).map((hit, i) => hitChoice(desk, hit, i));
    return [...instants, ...hits, ...commandChoices(desk, wanted)];
  }, [desk, wanted, now, found.value]);
  useEffect(() => {
    list.current?.querySelector(`#found-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const run = (c: Choice | undefined): void => {
    if (c === undefined || c.refused !== null) return;
    close();
    c.run();
  };
  return (
    <>
      <input
        class="find-field"
        autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={`found-${active}`}
        aria-label="Find host, VM, event or command"
        placeholder="Host, VM, event, command, 10:41, -5m or #184207"
        value={text}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            const by = e.key === 'ArrowDown' ? 1 : -1;
            setActive((choices.length + active + by) % Math.max(1, choices.length));
          }
          if (e.key === 'Enter') run(choices[active]);
        }}
        data-testid="find-field"
      />
      <div ref={list} class="found-box">
        {found.failure !== null && <p class="failure">{found.failure.sentence}</p>}
        {choices.length === 0 && !found.pending && (
          <p class="muted">
            Nothing is called “{wanted}”. Try a host, a VM's name or address, an event type, or an instant such as
            10:41.
          </p>
        )}
        <Rows choices={choices} active={active} onRun={run} />
      </div>
    </>
  );
};

export const FindSheet = () => {
  const desk = useDesk();
  if (desk.sheet.value !== 'find') return null;
  return (
    <Sheet class="find-sheet" label="Find or do anything" onClose={() => (desk.sheet.value = null)}>
      <FindField />
    </Sheet>
  );
};
