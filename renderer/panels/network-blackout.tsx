// Beside the trace: how long the sender would be unreachable if it moved live now, part by part, and what is left wrong after.
import { leftoverSentence, type PauseSource, type PortBlackout } from '../../domain/network/blackout-answer.ts';
import { duration, plural } from '../../domain/readout/words.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { Segments } from './segments.tsx';

const PAUSE_WORDS: Readonly<Record<PauseSource, string>> = {
  stated: '',
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

export const NetworkBlackout = ({
  vm,
  source,
  hosts,
}: {
  readonly vm: string;
  readonly source: string | null;
  readonly hosts: readonly string[];
}) => {
  const desk = useDesk();
  const view = desk.overlay;
  const timeline = desk.timeline.value;
  const others = hosts.filter((h) => h !== source);
  const dest = others.includes(view.moveTo.value ?? '') ? view.moveTo.value : (others[0] ?? null);
  const first = view.first.value;
  const { value, failure } = useLatest(
    'network.blackout',
    dest === null
      ? null
      : {
          timeline,
          at: desk.player.settled.value,
          vm,
          dest,
          first,
          l3Plugin: true,
          mode: 'l2pop-arp',
          style: 'master',
          delays: {},
        },
    `${timeline}/${vm}/${dest}`,
  );
  if (dest === null) return null;
  return (
    <section data-testid="blackout">
      <h3>
        If it moved live{' '}
        {value?.ports[0] !== undefined && <small>unreachable for {duration(value.ports[0].totalMs)}</small>}
      </h3>
      <div class="trace-ends">
        <label>
          to
          <select
            value={dest}
            aria-label="Where it would move"
            onChange={(e) => (view.moveTo.value = e.currentTarget.value)}
          >
            {others.map((h) => (
              <option key={h} value={h}>
                {h}
              </option>
            ))}
          </select>
        </label>
        <Segments
          label="Which agent reacts first"
          value={first}
          choices={[
            ['dest', 'Destination first'],
            ['source', 'Source first'],
          ]}
          onChoose={(f) => (view.first.value = f)}
        />
      </div>
      {failure !== null && <p class="failure">{failure.sentence}</p>}
      {value?.ports.map((port) => (
        <div key={port.story.port}>
          {value.ports.length > 1 && <p class="muted">on {port.story.network}</p>}
          <Parts port={port} pause={value.pause} />
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
    </section>
  );
};
