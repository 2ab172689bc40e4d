// Assumptions kept on a branch, so that every other question can be asked there.
import { err, ok } from '../../domain/base/result.ts';
import { assumedFacts } from '../../domain/capacity/assumed-facts.ts';
import { type Assumptions, assuming } from '../../domain/capacity/what-if.ts';
import type { At } from '../../domain/contract/contract.ts';
import type { Log } from '../log/types.ts';
import { cutAt } from './cut.ts';
import type { Histories } from './histories.ts';
import { keepOnBranch } from './keep-branch.ts';
import { short } from './short-hash.ts';
import type { Answer } from './watcher.ts';

/** Writes the branch, or nothing. Answers with the number of facts on it. */
export const keepAssumptions = (
  { log, histories }: { readonly log: Log; readonly histories: Histories },
  asked: { readonly timeline: string; readonly at: At | null; readonly assume: Assumptions; readonly branch: string },
): Answer<number> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  const now = histories.stateAt(timeline.value, cut.value);
  const then = assuming(now, asked.assume);
  if (!then.ok) return err({ code: 'bad_input', sentence: then.error });
  const facts = assumedFacts(now, then.value, cut.value.at);
  if (facts.length === 0) {
    return err({
      code: 'bad_input',
      sentence: 'The cluster is already as assumed: there is nothing to keep on a branch.',
    });
  }
  const id = short([asked.timeline, cut.value, asked.assume]);
  const source = { id: `run:assume:${id}`, name: `assumptions ${id}`, format: 'assumptions' };
  const kept = keepOnBranch(log, { parent: timeline.value, cut: cut.value, branch: asked.branch }, source, facts);
  return kept.ok ? ok(facts.length) : kept;
};
