// The dock: the clock, play and step, and the timeline.
import type { Mark } from '../../domain/readout/picture-types.ts';
import { SPEEDS, type Speed } from '../playback/player.ts';
import { useDesk } from '../session/desk.ts';
import { markWords } from '../session/mark-words.ts';
import { clock, count, day, duration } from '../../domain/readout/words.ts';
import { mapSentence } from '../surfaces/map-words.ts';
import { Timeline } from '../surfaces/timeline.tsx';
import { ControlIcon } from './icons.tsx';
import { useSteps } from './steps.ts';

const NEAR_MS = 6 * 3_600_000; // a mark farther back than this says nothing about now

/** "+5 min 05 s after host down", or the day. */
const since = (at: number, marks: readonly Mark[]): string => {
  const last = marks.findLast((m) => m.at <= at && m.kind !== 'anomaly' && m.kind !== 'note');
  if (last === undefined || at - last.at > NEAR_MS) return day(at);
  return at === last.at ? markWords(last) : `+${duration(at - last.at)} after ${markWords(last)}`;
};

/** Speaks to screen readers when time stands still, never per frame. */
const Spoken = () => {
  const desk = useDesk();
  const picture = desk.picture.value;
  const at = desk.player.settled.value.at;
  const still = !desk.player.playing.value && picture !== null && picture.at === at;
  return (
    <p class="mirror" aria-live="polite">
      {still ? mapSentence(picture) : ''}
    </p>
  );
};

export const Dock = () => {
  const desk = useDesk();
  const steps = useSteps();
  const { player } = desk;
  const at = player.at.value;
  const playing = player.playing.value;
  const says = since(at.at, desk.knownMarks);
  return (
    <footer class="dock" data-region="dock">
      <div class="transport">
        <div>
          <div class="now" data-testid="clock">
            {clock(at.at)}
            <small> Z</small>
          </div>
          <div class="since" title={says}>
            {says}
          </div>
        </div>
        <div class="keys">
          <button type="button" aria-label="To the start" title="Start of the timeline (Home)" onClick={steps.toStart}>
            <ControlIcon name="start" />
          </button>
          <button
            type="button"
            aria-label="Event back"
            title="Event back (,)"
            onClick={() => void steps.step(-1, 'event')}
          >
            <ControlIcon name="back" />
          </button>
          <button
            type="button"
            class="play"
            aria-label={playing ? 'Pause' : 'Play'}
            title={playing ? 'Pause (Space)' : 'Play (Space)'}
            onClick={() => player.toggle()}
            data-testid="play"
          >
            <ControlIcon name={playing ? 'pause' : 'play'} />
          </button>
          <button type="button" aria-label="Event on" title="Event on (.)" onClick={() => void steps.step(1, 'event')}>
            <ControlIcon name="on" />
          </button>
          <select
            aria-label="Speed"
            value={player.speed.value}
            onChange={(e) => player.faster(Number(e.currentTarget.value) as Speed)}
          >
            {SPEEDS.map((s) => (
              <option key={s} value={s}>
                {count(s)}×
              </option>
            ))}
          </select>
        </div>
        <div class="order">Event-time order</div>
      </div>
      <Timeline />
      <Spoken />
    </footer>
  );
};
