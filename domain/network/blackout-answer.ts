// How long a VM would be unreachable if it moved live now: the parts, the entries that lie meanwhile, and the messages that end it.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import { blackout, type BlackoutInput, type BlackoutPart, DEFAULT_BLACKOUT, type StaleWindow } from './blackout.ts';
import type { OverlayChoice } from './cloud-overlay.ts';
import type { SeenCloud } from './from-state.ts';
import { isTunnelType, type NetworkType } from './overlay.ts';
import { type Story, storyAnswer } from './story-answer.ts';

/** Delays that can be stated; what is not is assumed (`DEFAULT_BLACKOUT`), the pause apart, which is predicted or recorded. */
export type Delays = Partial<
  Pick<BlackoutInput, 'pauseMs' | 'activateMs' | 'agentLoopMs' | 'bindMs' | 'fanoutMs' | 'announceMs' | 'guestTalksMs'>
>;

export type BlackoutQuestion = OverlayChoice & {
  readonly vm: string;
  readonly dest: string;
  readonly first: 'source' | 'dest';
  readonly l3Plugin: boolean;
  readonly delays: Delays;
};

/** Where the time QEMU stops the guest for comes from. */
export type PauseSource = 'stated' | 'recorded' | 'predicted' | 'assumed';

export type PortBlackout = {
  readonly story: Story;
  readonly parts: readonly BlackoutPart[];
  readonly totalMs: number;
  /** Milliseconds from the guest's stop; `toMs` null: until the next event of the network on that host. */
  readonly staleWindows: readonly (Omit<StaleWindow, 'toMs'> & { readonly toMs: number | null })[];
  /** What the fanouts leave wrong behind: hosts that flood instead of sending straight, and floods that still go to the source. */
  readonly leftover: { readonly flood: number; readonly floodToSource: number } | null;
};

export type BlackoutAnswer = {
  readonly at: string;
  readonly vm: string;
  readonly source: string;
  readonly dest: string;
  readonly pause: PauseSource;
  /** A VM with several ports is reachable by each as soon as that one is. */
  readonly ports: readonly PortBlackout[];
  readonly assumptions: readonly string[];
};

/** What is left once both agents are done, in a sentence. */
export const leftoverSentence = ({ story, leftover }: PortBlackout): string => {
  if (leftover === null) return 'Nobody is told: switches and bridges learn from the first frame it sends.';
  const { flood, floodToSource } = leftover;
  const counted = (n: number): string => `${n} host${n === 1 ? '' : 's'}`;
  const reaching =
    flood === 0
      ? 'In the end every other host of the network sends straight to it'
      : `In the end ${counted(flood)} of the network ${flood === 1 ? 'floods' : 'flood'} what is meant for it, until its next event there`;
  const vain = floodToSource === 0 ? '' : `, and floods of ${counted(floodToSource)} still go to ${story.source} too`;
  return `${reaching}${vain}.`;
};

type Seen = { readonly state: ClusterState; readonly seen: SeenCloud };

const portBlackout = (story: Story, question: BlackoutQuestion, pauseMs: number): PortBlackout => {
  const { first, l3Plugin, delays } = question;
  // On VLANs switches learn, as hosts do without l2population.
  const mode = isTunnelType(story.networkType as NetworkType) ? question.mode : 'no-l2pop';
  const found = blackout({ ...DEFAULT_BLACKOUT, ...delays, mode, first, l3Plugin, pauseMs });
  const last = story.steps.at(-1)?.belief ?? null;
  return {
    story,
    parts: found.parts,
    totalMs: found.totalMs,
    staleWindows: found.staleWindows.map((w) => ({ ...w, toMs: Number.isFinite(w.toMs) ? w.toMs : null })),
    leftover: last === null ? null : { flood: last.flood.length, floodToSource: last.floodToSource.length },
  };
};

/** `pause`: how long QEMU stops the guest, and how that is known. Errors: as `storyAnswer`, and a delay below zero. */
export const blackoutAnswer = (
  at: Seen,
  question: BlackoutQuestion,
  pause: { readonly ms: number; readonly source: PauseSource },
): Result<BlackoutAnswer, string> => {
  for (const [name, ms] of Object.entries(question.delays))
    if (ms !== null && !(ms >= 0 && Number.isFinite(ms))) return err(`${name} is a delay of 0 ms or more, not ${ms}.`);
  const { mode, style, vm, dest, first, l3Plugin } = question;
  const played = storyAnswer(at, { mode, style, kind: 'live', what: vm, dest, address: null, first, l3Plugin });
  if (!played.ok) return played;
  const stated = question.delays.pauseMs;
  const pauseMs = stated ?? pause.ms;
  const ports = played.value.stories.map((story) => portBlackout(story, question, pauseMs));
  const [port] = ports;
  if (port === undefined) return err(`${vm} has no port at this instant.`);
  const assumed = Object.entries({
    'until Nova activates the binding': ['activateMs', DEFAULT_BLACKOUT.activateMs],
    'until the agent wakes': ['agentLoopMs', DEFAULT_BLACKOUT.agentLoopMs],
    'to bind the port': ['bindMs', DEFAULT_BLACKOUT.bindMs],
    'for a fanout': ['fanoutMs', DEFAULT_BLACKOUT.fanoutMs],
  } as const)
    .filter(([, [name]]) => question.delays[name] === undefined)
    .map(([what, [, ms]]) => `${ms} ms ${what}`);
  return ok({
    at: at.state.at,
    vm: port.story.vm ?? vm,
    source: port.story.source,
    dest,
    pause: stated === undefined ? pause.source : 'stated',
    ports,
    assumptions: [...played.value.assumptions, ...(assumed.length === 0 ? [] : [`${assumed.join(', ')}.`])],
  });
};
