// Steps along the timeline: to the next event, mark or anomaly, and to its ends.
import { useMemo } from 'preact/hooks';
import { useDesk, type Desk } from '../session/desk.ts';

export type Steps = {
  readonly step: (direction: 1 | -1, to: 'event' | 'mark' | 'anomaly') => Promise<void>;
  readonly toStart: () => void;
  readonly toEnd: () => void;
};

export const stepsOf = (desk: Desk): Steps => ({
  step: async (direction, to) => {
    const at = desk.player.at.peek();
    const seq = at.seq ?? (desk.picture.peek()?.at === at.at ? (desk.picture.peek()?.seq ?? null) : null);
    const answer = await desk.client.call('view.step', {
      timeline: desk.timeline.peek(),
      at: { at: at.at, seq: to === 'event' ? seq : at.seq },
      direction,
      to,
    });
    if (answer.ok && answer.value !== null) desk.goTo(answer.value);
  },
  toStart: () => {
    const from = desk.timelineInfo.peek()?.from;
    if (from !== null && from !== undefined) desk.goTo({ at: from, seq: null });
  },
  toEnd: () => {
    const to = desk.timelineInfo.peek()?.to;
    if (to !== null && to !== undefined) desk.goTo({ at: to, seq: null });
  },
});

export const useSteps = (): Steps => {
  const desk = useDesk();
  return useMemo(() => stepsOf(desk), [desk]);
};
