// How long a VM is unreachable while it moves live, port by port: the parts, the entries that lie meanwhile, what is left wrong after.
import {
  type BlackoutAnswer,
  leftoverSentence,
  type PauseSource,
  type PortBlackout,
} from '../../domain/network/blackout-answer.ts';
import { duration, plural } from '../../domain/readout/words.ts';

const PAUSE_WORDS: Readonly<Record<PauseSource, string>> = {
  stated: 'predicted above',
  recorded: 'measured by its newest live migration',
  predicted: 'predicted',
  assumed: 'assumed',
};

const PERCENT = 100;

/** Parts under each other, each where it begins: they follow one another. */
const Parts = ({ port, pause }: { readonly port: PortBlackout; readonly pause: PauseSource }) => {
  const begins = port.parts.map((_, i) => port.parts.slice(0, i).reduce((sum, p) => sum + p.ms, 0));
  return (
    <ol class="blackout-parts" aria-label="Parts of the blackout">
      {port.parts.map((part, i) => (
        <li key={part.name} title={part.why}>
          <span>
            {part.name}
            {part.name === 'QEMU pause' && <small> {PAUSE_WORDS[pause]}</small>}
          </span>
          <i
            style={{
              marginLeft: `${(PERCENT * begins[i]!) / port.totalMs}%`,
              width: `${(PERCENT * part.ms) / port.totalMs}%`,
            }}
          />
          <b>{duration(part.ms)}</b>
        </li>
      ))}
    </ol>
  );
};

const messagesOf = (port: PortBlackout): string => {
  const all = port.story.steps.flatMap((s) => s.messages).filter((m) => m.kind !== 'call');
  const casts = all.filter((m) => m.kind === 'cast').length;
  const received = all.reduce((sum, m) => sum + m.receivers, 0);
  return `${plural(casts, 'cast')} and ${plural(all.length - casts, 'fanout')}, ${plural(received, 'message')} received by agents`;
};

export const Blackout = ({ answer }: { readonly answer: BlackoutAnswer }) => (
  <>
    {answer.ports.map((port) => (
      <div key={port.story.port}>
        {answer.ports.length > 1 && <p class="muted">on {port.story.network}</p>}
        <Parts port={port} pause={answer.pause} />
        <ul class="lints">
          {port.staleWindows.map((w) => (
            <li key={w.what}>
              {w.what}: {w.effect}
            </li>
          ))}
        </ul>
        <p>
          {leftoverSentence(port)} <span class="muted">{messagesOf(port)}.</span>
        </p>
      </div>
    ))}
  </>
);
