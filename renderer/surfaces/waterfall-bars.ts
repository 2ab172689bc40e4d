// Stages of a packet's cost as bars one after the other, the small ones of a host together where there is no room.
import type { WaterfallStage } from '../../domain/datapath/path-cost.ts';
import { STAGES } from '../../domain/datapath/stages.ts';

export type Bar = {
  readonly name: string;
  readonly host: string;
  readonly cycles: number;
  /** Cycles of the stages above it. */
  readonly before: number;
};

type Stack = { name: string; host: string; cycles: number };

const REST = 'smaller stages';

/** What a stage is, in the first words of its meaning. */
export const titleOf = (stage: WaterfallStage): string =>
  (STAGES[stage.name].meaning.split(/[,:;]/)[0] ?? stage.name).trim();

/** Stages in order with what came before them; neighbours of one name on one host are one bar, and small ones make room. */
export const barsOf = (stages: readonly WaterfallStage[], most: number): readonly Bar[] => {
  const named = new Map<string, Stack>();
  for (const s of stages) {
    const key = `${s.host}/${s.name}`;
    const known = named.get(key);
    if (known === undefined) named.set(key, { name: titleOf(s), host: s.host, cycles: s.cycles });
    else known.cycles += s.cycles;
  }
  const all = [...named.values()];
  // Each host may have one bar for its rest.
  const rests = new Set(all.map((b) => b.host)).size;
  const kept = new Set(all.length <= most ? all : all.toSorted((a, b) => b.cycles - a.cycles).slice(0, most - rests));
  const merged: Stack[] = [];
  for (const bar of all) {
    const rest = merged.find((m) => m.host === bar.host && m.name === REST);
    if (kept.has(bar)) merged.push(bar);
    else if (rest === undefined) merged.push({ ...bar, name: REST });
    else rest.cycles += bar.cycles;
  }
  let before = 0;
  return merged.map((bar) => {
    const placed = { ...bar, before };
    before += bar.cycles;
    return placed;
  });
};
