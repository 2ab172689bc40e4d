// The packet trace: who sends what to whom, every look-up on the way, one after the other, and where it ended.
import type { NetworkOverview } from '../../domain/network/overview.ts';
import { useDesk } from '../session/desk.ts';
import { type End, endsOn } from '../session/network-view.ts';
import { useLatest } from '../session/use-latest.ts';
import { count, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { NetworkBlackout } from './network-blackout.tsx';
import { TracePlayer, TraceSteps } from './network-trace.tsx';
import { Segments } from './segments.tsx';

const EndSelect = ({
  label,
  ends,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly ends: readonly End[];
  readonly value: string;
  readonly onChoose: (vm: string) => void;
}) => (
  <label>
    {label}
    <select value={value} onChange={(e) => onChoose(e.currentTarget.value)}>
      {ends.map((e) => (
        <option key={e.vm.id} value={e.vm.id}>
          {e.vm.name} · {e.port.ips[0] ?? 'no address'} · {e.port.host}
        </option>
      ))}
    </select>
  </label>
);

const Reach = ({ from, to }: { readonly from: string; readonly to: string }) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'network.reach',
    {
      timeline,
      at: desk.player.settled.value,
      from,
      to,
      packet: null,
      mode: 'l2pop-arp',
      style: 'master',
      faults: [],
      ipBytes: 84,
    },
    `${timeline}/${from}/${to}`,
  );
  if (failure !== null) return <p class="failure">{failure.sentence}</p>;
  if (value === null) return null;
  return (
    <dl class="facts">
      {value.phases.map((p) => (
        <div key={p.phase}>
          <dt>{p.phase}</dt>
          <dd>{p.tunnels === 0 ? 'stays on the host' : plural(p.tunnels, 'tunnel packet')}</dd>
        </div>
      ))}
      <div>
        <dt>they can talk</dt>
        <dd class={value.reachable ? '' : 'critical-ink'}>
          {value.broken === null
            ? 'yes'
            : `no: ${value.broken.phase} ends at ${value.broken.at}: ${value.broken.reason}`}
        </dd>
      </div>
    </dl>
  );
};

const LINTS_SHOWN = 12;

const Wrong = ({ overview }: { readonly overview: NetworkOverview }) => {
  const { lints, assumptions } = overview;
  return (
    <>
      <section data-testid="lints">
        <h3>Recorded wrong {lints.length > 0 && <small>{count(lints.length)}</small>}</h3>
        {lints.length === 0 && <p class="muted">Nothing: addresses, segments, tunnels and bindings agree.</p>}
        <ul class="lints">
          {lints.slice(0, LINTS_SHOWN).map((l) => (
            <li key={l.detail}>{l.detail}</li>
          ))}
        </ul>
        {lints.length > LINTS_SHOWN && <p class="muted">and {count(lints.length - LINTS_SHOWN)} more</p>}
      </section>
      {assumptions.length > 0 && (
        <section>
          <h3>Assumed, because the log does not tell</h3>
          <ul class="lints">
            {assumptions.map((a) => (
              <li key={a}>{a}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
};

export const NetworkInspector = () => {
  const desk = useDesk();
  const view = desk.overlay;
  const state = desk.states.value.value;
  const answer = view.trace.value;
  const failure = view.traceFailure.value;
  const [from, to] = [view.shown.value?.from ?? null, view.shown.value?.to ?? null];
  const network = view.shown.value?.network ?? null;
  const overview = view.shown.value?.overview ?? null;
  const ends = state === null || network === null ? [] : endsOn(state, network);
  const choose = (which: 'from' | 'to', vm: string): void => {
    view.step.value = null;
    view.network.value = network?.id ?? null;
    view[which].value = vm;
  };
  return (
    <>
      <section>
        <div class="title">
          <h2>Packet trace</h2>
          <span class="spring" />
          {answer !== null && (
            <span class={`badge chip ${answer.delivered ? 'neu' : 'bad'}`} data-testid="trace-verdict">
              <Glyph name={answer.delivered ? 'check' : 'error'} size={11} />
              {answer.delivered ? 'delivered' : 'not delivered'}
            </span>
          )}
        </div>
        <div class="trace-ends">
          <EndSelect label="from" ends={ends} value={from ?? ''} onChoose={(vm) => choose('from', vm)} />
          <EndSelect
            label="to"
            ends={ends.filter((e) => e.vm.id !== from)}
            value={to ?? ''}
            onChoose={(vm) => choose('to', vm)}
          />
          <Segments
            label="What is sent"
            value={view.probe.value}
            choices={[
              ['echo', 'Echo'],
              ['arp', 'ARP'],
              ['own', 'Own packet'],
            ]}
            onChoose={(p) => {
              view.probe.value = p;
              view.step.value = null;
            }}
          />
          {view.probe.value === 'own' && (
            <input
              class="mono"
              aria-label="Packet, in the words of ofproto/trace"
              value={view.packet.value}
              onChange={(e) => (view.packet.value = e.currentTarget.value.trim())}
            />
          )}
        </div>
        {ends.length === 0 && <p class="empty">No VM is plugged into this network at this instant.</p>}
        {failure !== null && <p class="failure">{failure}</p>}
        {answer !== null && <p class={answer.delivered ? 'ink-2' : 'critical-ink'}>{answer.verdict}.</p>}
        {(answer?.assumptions ?? [])
          .filter((a) => overview?.assumptions.includes(a) !== true)
          .map((a) => (
            <p class="assumed" key={a}>
              assumed: {a}
            </p>
          ))}
      </section>
      {answer !== null && (
        <section>
          <h3>
            {plural(answer.steps.length, 'step')}{' '}
            <small>
              {plural(new Set(answer.steps.map((s) => s.host)).size, 'host')}, {plural(answer.hops.length, 'tunnel')}
            </small>
          </h3>
          <TracePlayer answer={answer} view={view} />
          <TraceSteps answer={answer} view={view} />
        </section>
      )}
      {from !== null && to !== null && (
        <section>
          <h3>Address, echo and answer</h3>
          <Reach from={from} to={to} />
        </section>
      )}
      {overview !== null && from !== null && (
        <NetworkBlackout
          vm={from}
          source={ends.find((e) => e.vm.id === from)?.port.host ?? null}
          hosts={overview.hosts.filter((h) => h.state === 'up').map((h) => h.name)}
        />
      )}
      {overview !== null && <Wrong overview={overview} />}
    </>
  );
};
