// The story of an entity: a sentence an event, with its instant and how it is known.
import { useState } from 'preact/hooks';
import type { StoryLine } from '../../domain/readout/picture-types.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, count, day } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { GlyphName } from '../surfaces/glyphs.ts';

const LATEST = 10;

const LOOK: Readonly<Record<StoryLine['tone'], readonly [GlyphName, string]>> = {
  plain: ['dot', 'idle-ink'],
  motion: ['arrow', 'motion-ink'],
  critical: ['error', 'critical-ink'],
  warn: ['warn', 'warn-ink'],
  command: ['command', 'ink-2'],
};

/** One sentence with its instant and how it is known: a way to that instant. */
export const StoryItem = ({ line, dated }: { readonly line: StoryLine; readonly dated: boolean }) => {
  const desk = useDesk();
  const [glyph, tone] = LOOK[line.tone];
  return (
    <li>
      <button
        type="button"
        onClick={() => desk.goTo({ at: line.at, seq: line.seq })}
        title={`seq ${count(line.seq)}, ${line.type}`}
      >
        <time>{dated ? `${day(line.at).slice(5)} ${clock(line.at).slice(0, 5)}` : clock(line.at)}</time>
        <Glyph name={glyph} size={11} tone={tone} />
        <span class={line.evidence === 'observed' ? '' : 'doubt'}>
          {line.sentence}
          {line.evidence !== 'observed' && <span class="evidence">{line.evidence}</span>}
        </span>
      </button>
    </li>
  );
};

export const Story = ({ entity }: { readonly entity: string }) => {
  const desk = useDesk();
  const [all, setAll] = useState(false);
  const timeline = desk.timeline.value;
  const { value, failure, pending } = useLatest(
    'view.story',
    { timeline, entity, at: desk.player.settled.value },
    `${timeline}/${entity}`,
  );
  if (failure !== null) {
    return (
      <section>
        <h3>Story</h3>
        <p class="failure">{failure.sentence}</p>
      </section>
    );
  }
  const lines = value ?? [];
  const shown = all ? lines : lines.slice(-LATEST);
  const first = shown[0];
  const last = shown.at(-1);
  const dated = first !== undefined && last !== undefined && day(first.at) !== day(last.at);
  return (
    <section class={pending ? 'late-bar' : ''} data-testid="story">
      <h3>
        Story
        {lines.length > LATEST && (
          <button type="button" class="link" onClick={() => setAll(!all)}>
            {all ? `latest ${LATEST}` : `all ${count(lines.length)}`}
          </button>
        )}
      </h3>
      {value !== null && lines.length === 0 && <p class="muted">Nothing about it is recorded up to this instant.</p>}
      <ul class={dated ? 'story dated' : 'story'}>
        {shown.map((line) => (
          <StoryItem key={`${line.seq}/${line.at}/${line.sentence}`} line={line} dated={dated} />
        ))}
      </ul>
    </section>
  );
};
