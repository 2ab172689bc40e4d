// Which two instants the Compare place sets side by side.
import type { At } from '../../domain/contract/contract.ts';
import type { Desk } from './desk.ts';

export type Side = { readonly timeline: string; readonly at: At };

const EARLIER_MS = 10 * 60_000; // what two instants are compared over until a person chooses

/** The side the cursor is on. */
export const thisSide = (desk: Desk): Side => ({ timeline: desk.timeline.value, at: desk.player.settled.value });

/** The other side: what was chosen, else the parent at the same instant, else the same timeline a little earlier. */
export const otherSide = (desk: Desk, at: At): Side => {
  const chosen = desk.against.value;
  if (chosen !== null) return { timeline: chosen.timeline, at: chosen.at ?? at };
  const info = desk.timelineInfo.value;
  if (desk.isBranch.value && info?.parent) return { timeline: info.parent, at: { at: at.at, seq: null } };
  const earlier = Math.max(info?.from ?? 0, at.at - EARLIER_MS);
  return { timeline: desk.timeline.value, at: { at: earlier, seq: null } };
};
