// The branches of the log: open one, make one here, rename or drop it.
import { useState } from 'preact/hooks';
import type { TimelineInfo } from '../../domain/contract/contract.ts';
import { useDesk } from '../session/desk.ts';
import { isRecord } from '../../domain/contract/branches.ts';
import { day, moment, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { Popover } from './popover.tsx';

const describe = (t: TimelineInfo, record: boolean): string => {
  const events = plural(t.events, 'event');
  if (record) return `a record${t.from === null ? '' : `, ${day(t.from)}`}, ${events}`;
  return `what-if from ${t.parent}${t.forkedAt === null ? '' : ` at ${moment(t.forkedAt.at)}`}, ${events}`;
};

export const BranchMenu = () => {
  const desk = useDesk();
  const [failure, setFailure] = useState<string | null>(null);
  const [name, setName] = useState(() => desk.freeName('what-if'));
  const timelines = desk.log.value?.timelines ?? [];
  const readOnly = desk.log.value?.readOnly ?? false;
  const close = (): void => {
    desk.sheet.value = null;
  };
  const create = async (): Promise<void> => {
    const answer = await desk.client.call('branch.create', {
      name,
      parent: desk.timeline.value,
      at: desk.player.at.value,
    });
    if (!answer.ok) return setFailure(answer.error.sentence);
    await desk.refreshLog();
    desk.switchTo(name);
    close();
  };
  const drop = async (timeline: TimelineInfo): Promise<void> => {
    const answer = await desk.client.call('branch.drop', { name: timeline.name });
    if (!answer.ok) return setFailure(answer.error.sentence);
    if (desk.timeline.value === timeline.name) desk.switchTo(timeline.parent ?? 'main');
    await desk.refreshLog();
  };
  return (
    <Popover class="branches" label="Branches" onClose={close}>
      <ul class="menu">
        {timelines.map((t) => (
          <li key={t.name} class={t.name === desk.timeline.value ? 'on' : ''}>
            <button
              type="button"
              onClick={() => {
                desk.switchTo(t.name);
                close();
              }}
            >
              <Glyph name="branch" tone={isRecord(t, timelines) ? '' : 'branch-ink'} />
              <span>
                <b class={isRecord(t, timelines) ? '' : 'branch-ink'}>{t.name}</b>
                <small>{describe(t, isRecord(t, timelines))}</small>
              </span>
            </button>
            {!isRecord(t, timelines) && !readOnly && (
              <button type="button" class="btn tiny" onClick={() => void drop(t)} aria-label={`Drop ${t.name}`}>
                Drop
              </button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <form
          class="row"
          onSubmit={(e) => {
            e.preventDefault();
            void create();
          }}
        >
          <input aria-label="Name of the new branch" value={name} onInput={(e) => setName(e.currentTarget.value)} />
          <button type="submit" class="btn small" disabled={name.trim() === ''}>
            Branch here
          </button>
        </form>
      )}
      {failure !== null && <p class="failure">{failure}</p>}
    </Popover>
  );
};
