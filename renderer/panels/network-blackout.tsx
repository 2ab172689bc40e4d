// Beside the trace: how long the sender would be unreachable if it moved live now, part by part, and what is left wrong after.
import { duration } from '../../domain/readout/words.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { Blackout } from './blackout.tsx';
import { Segments } from './segments.tsx';

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
      {value !== null && <Blackout answer={value} />}
    </section>
  );
};
