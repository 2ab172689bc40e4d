// The packet trace: who sends what to whom, every look-up on the way, one after the other, and where it ended.
import { useState } from 'preact/hooks';
import type { NetworkOverview } from '../../domain/network/overview.ts';
import type { AnswerHop, AnswerStep, TraceAnswer } from '../../domain/network/trace-answer.ts';
import { useDesk } from '../session/desk.ts';
import { type End, endsOn } from '../session/network-view.ts';
import type { NetworkView } from '../session/network-view.ts';
import { useLatest } from '../session/use-latest.ts';
import { count, plural } from '../session/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { Segments } from './segments.tsx';

const STEPS_SHOWN = 120; // a flood to every host has hundreds alike

const encapsulation = (hop: AnswerHop): string =>
  `${hop.type.toUpperCase()} ${hop.localIp} → ${hop.remoteIp}, id ${hop.tunId}, ${count(hop.outerBytes)} B`;

/** Actions in few words; the whole text is in the title. */
const brief = (step: AnswerStep): string => {
  if (step.priority === null) return 'no flow matches';
  const goto = /goto_table:(\d+)|resubmit\(,(\d+)\)/.exec(step.actions);
  const outputs = step.actions.match(/output:\d+/g) ?? [];
  if (step.actions.startsWith('learn(')) return 'learn into 20, output';
  if (step.actions.endsWith('IN_PORT')) return 'answer as ARP reply';
  if (outputs.length > 1) return `output to ${outputs.length} ports`;
  const tunId = /set_field:(0x[\da-f]+)->tun_id/.exec(step.actions)?.[1];
  if (outputs.length === 1)
    return `${tunId === undefined ? '' : `tun_id ${tunId}, `}${outputs[0]?.replace(':', ' ') ?? ''}`;
  return goto === null
    ? step.actions
    : `${step.actions.includes('push_vlan') ? 'push_vlan, ' : ''}goto ${goto[1] ?? goto[2]}`;
};

const Hops = ({ hops }: { readonly hops: readonly AnswerHop[] }) => {
  const lost = hops.filter((h) => h.lost !== null);
  const [first] = hops;
  return (
    <>
      {first !== undefined && (hops.length > 1 || first.lost === null) && (
        <li class="hop">
          {hops.length === 1
            ? encapsulation(first)
            : `${first.type.toUpperCase()} to ${hops.length} VTEPs, id ${first.tunId}`}
        </li>
      )}
      {lost.map((h) => (
        <li class="hop lost" key={h.remoteIp}>
          <Glyph name="error" size={9} /> {h.lost}
        </li>
      ))}
    </>
  );
};

const Steps = ({ answer, view }: { readonly answer: TraceAnswer; readonly view: NetworkView }) => {
  const at = view.step.value;
  const { steps, hops } = answer;
  return (
    <ol class="trace" aria-label="Look-ups of the packet">
      {steps.slice(0, STEPS_SHOWN).map((step, i) => {
        const begins = steps[i - 1]?.host !== step.host;
        const ends = steps[i + 1]?.host !== step.host;
        return [
          begins && (
            <li class="host" key={`${i}/host`}>
              {step.host}
            </li>
          ),
          <li key={i} class={at === i ? 'step on' : 'step'}>
            <button
              type="button"
              aria-current={at === i ? 'step' : undefined}
              title={`${step.match || 'any'}\n${step.actions}`}
              onClick={() => {
                view.step.value = i;
                view.bridge.value = step.bridge === 'br-int' ? 'br-int' : 'br-tun';
              }}
            >
              <code>
                {step.bridge} {step.table}
              </code>
              <span>{step.match || `priority ${step.priority ?? '–'}`}</span>
              <em>{brief(step)}</em>
            </button>
          </li>,
          ends && <Hops key={`${i}/hops`} hops={hops.filter((h) => h.from === step.host)} />,
        ];
      })}
      {steps.length > STEPS_SHOWN && <li class="muted">and {count(steps.length - STEPS_SHOWN)} look-ups more</li>}
    </ol>
  );
};

/** The command that asks Open vSwitch on the sender's host. */
const ofprotoTrace = ({ from, packet }: TraceAnswer): string =>
  `ovs-appctl ofproto/trace br-int in_port=${from.port},${packet}`;

const Player = ({ answer, view }: { readonly answer: TraceAnswer; readonly view: NetworkView }) => {
  const [copied, setCopied] = useState(false);
  const at = view.step.value;
  const last = answer.steps.length - 1;
  const go = (to: number | null): void => {
    const step = to === null ? null : Math.max(0, Math.min(last, to));
    view.step.value = step;
    const bridge = step === null ? undefined : answer.steps[step]?.bridge;
    if (bridge === 'br-int' || bridge === 'br-tun') view.bridge.value = bridge;
  };
  const key = (e: KeyboardEvent): void => {
    const to = {
      ArrowRight: (at ?? -1) + 1,
      ArrowDown: (at ?? -1) + 1,
      ArrowLeft: (at ?? 1) - 1,
      ArrowUp: (at ?? 1) - 1,
      Home: 0,
      End: last,
    }[e.key];
    if (to === undefined && !(e.key === 'Escape' && at !== null)) return;
    e.preventDefault();
    e.stopPropagation();
    go(to ?? null);
  };
  const now = at === null ? undefined : answer.steps[at];
  return (
    <div
      class="row trace-player"
      role="group"
      aria-label="Step through the trace"
      tabIndex={0}
      onKeyDown={key}
      data-testid="trace-player"
    >
      <button type="button" class="btn small" onClick={() => go(0)} aria-label="First look-up">
        ⇤
      </button>
      <button
        type="button"
        class="btn small"
        onClick={() => go((at ?? 1) - 1)}
        aria-label="Look-up back"
        disabled={at === 0}
      >
        ←
      </button>
      <button
        type="button"
        class="btn small primary"
        onClick={() => go((at ?? -1) + 1)}
        aria-label="Look-up on"
        disabled={at === last}
      >
        Step →
      </button>
      <button type="button" class="btn small" onClick={() => go(null)} disabled={at === null}>
        Whole way
      </button>
      <button
        type="button"
        class="btn small"
        title="The same question for a real switch"
        onClick={() => void navigator.clipboard.writeText(ofprotoTrace(answer)).then(() => setCopied(true))}
      >
        {copied ? 'Copied' : 'Copy as ofproto/trace'}
      </button>
      <span class="muted" role="status">
        {at === null ? plural(answer.steps.length, 'look-up') : `${at + 1} of ${answer.steps.length}`}
      </span>
      {now !== undefined && <p class="mono packet">{now.packet.replaceAll(',', ', ')}</p>}
    </div>
  );
};

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
          <Player answer={answer} view={view} />
          <Steps answer={answer} view={view} />
        </section>
      )}
      {from !== null && to !== null && (
        <section>
          <h3>Address, echo and answer</h3>
          <Reach from={from} to={to} />
        </section>
      )}
      {overview !== null && <Wrong overview={overview} />}
    </>
  );
};
