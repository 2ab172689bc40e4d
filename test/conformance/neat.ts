// OpenStack Neat's own test inputs and results, and generated ones, against our algorithms.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLS, PLUMBING } from './neat-calls.ts';
import { difference } from './neat-encoding.ts';
import type { Vector } from './neat-vector.ts';
import type { Check, Part, PartReport } from './part.ts';

/** Largest difference of any number in a result. */
const TOLERANCE = 1e-6;
/** Worst cases printed per function. */
const EXAMPLES = 2;

const keyOf = (v: Vector): string => {
  const words = v.module.split('.');
  const trivial = words.at(-1) === 'trivial';
  return `${words.slice(trivial ? -2 : -1).join('.')}.${v.function}`;
};

/** Null when the vector agrees; otherwise what came instead. */
const disagreement = (v: Vector, call: (v: Vector) => unknown): string | null => {
  const theirs = v.computed ?? v.expected;
  let ours: unknown;
  try {
    ours = call(v);
  } catch (error) {
    return String(error);
  }
  return difference(ours, theirs) <= TOLERANCE ? null : `${JSON.stringify(ours)}, Neat ${JSON.stringify(theirs)}`;
};

const run = async (dataDir: string): Promise<PartReport> => {
  const vectors = ['neat-tests.json', 'neat-generated.json'].flatMap(
    (file) => JSON.parse(readFileSync(join(dataDir, 'neat', file), 'utf8')) as readonly Vector[],
  );
  const checks: Check[] = [];
  const skipped: { name: string; why: string }[] = [];
  const notes: string[] = [];
  let agreed = 0;
  for (const [key, group] of Map.groupBy(vectors, keyOf)) {
    const call = CALLS[key];
    if (call === undefined) {
      const why = PLUMBING[key] ?? 'no function of ours corresponds';
      skipped.push({ name: `${key} (${group.length} vectors)`, why });
      continue;
    }
    const wrong = group.map((v) => ({ v, what: disagreement(v, call) })).filter(({ what }) => what !== null);
    for (const { v, what } of wrong.slice(0, EXAMPLES)) notes.push(`${key} #${v.id}: ${what!.slice(0, 300)}`);
    agreed += group.length - wrong.length;
    checks.push({ name: `${key}: vectors that differ`, value: wrong.length, limit: 0, unit: `of ${group.length}` });
  }
  notes.push(`${agreed} of ${vectors.length} vectors agree within ${TOLERANCE}`);
  return { checks, skipped, notes };
};

export const neat: Part = { name: 'neat', needs: ['neat/neat-tests.json', 'neat/neat-generated.json'], run };
