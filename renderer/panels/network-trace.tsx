// A traced packet: its look-ups as a list, and the player that stands at one of them.
import { useState } from 'preact/hooks';
import { type AnswerHop, type AnswerStep, type TraceAnswer, wireSentence } from '../../domain/network/trace-answer.ts';
import type { NetworkView } from '../session/network-view.ts';
import { count, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';

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

/** Every look-up, host under host, with the tunnels between them; pressing one stands the player at it. */
export const TraceSteps = ({ answer, view }: { readonly answer: TraceAnswer; readonly view: NetworkView }) => {
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
          ends &&
            answer.wires
              .filter((w) => w.from === step.host)
              .map((w) => (
                <li class="hop" key={`${i}/${w.bridge}`}>
                  {wireSentence(w)}
                </li>
              )),
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

/** Steps through the look-ups by button or arrow key; the flow table follows. */
export const TracePlayer = ({ answer, view }: { readonly answer: TraceAnswer; readonly view: NetworkView }) => {
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
