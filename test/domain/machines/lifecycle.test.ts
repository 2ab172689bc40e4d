// The machine is the drawing, the table is the engine: they agree for every pair of state and signal.
import { describe, expect, test } from 'vitest';
import { MIGRATION_KINDS, MIGRATION_STATUSES, MIGRATION_TYPES } from '../../../domain/events/migration-events.ts';
import { TASK_STATES, VM_STATES } from '../../../domain/events/vm-events.ts';
import { lifecycles, migrationLife } from '../../../domain/machines/catalogue.ts';
import { coldMigration } from '../../../domain/machines/cold-migration.ts';
import { evacuation } from '../../../domain/machines/evacuation.ts';
import { isDirect, type Lifecycle, REFUSED, step, walk } from '../../../domain/machines/lifecycle.ts';
import { vmLife } from '../../../domain/machines/vm.ts';
import { vmTask } from '../../../domain/machines/vm-task.ts';

const index = (l: Lifecycle, state: string): number => {
  expect(l.states).toContain(state);
  return l.states.indexOf(state);
};
const path = (l: Lifecycle, from: string, to: string): readonly string[] | null =>
  walk(l, index(l, from), index(l, to))?.map((s) => l.states[s]!) ?? null;
const allows = (l: Lifecycle, from: string, to: string): boolean => isDirect(l, index(l, from), index(l, to));

describe.each(lifecycles.map((l) => [l.id, l] as const))('%s', (_, l) => {
  test('the table answers as the machine does, for every state and signal', () => {
    for (const [s, state] of l.states.entries()) {
      for (const [g, signal] of l.signals.entries()) {
        const asked = l.machine.transition(state, { type: signal });
        const drawn = l.machine.config.states[state]?.on?.[signal];
        const answer = step(l, s, g);
        if (drawn === undefined) {
          expect(answer).toBe(REFUSED);
          expect(asked.value).toBe(state);
        } else expect(l.states[answer]).toBe(asked.value);
      }
    }
  });

  test('a step is direct exactly where some signal makes it', () => {
    for (const [s] of l.states.entries()) {
      const reached = new Set(l.signals.map((_, g) => step(l, s, g)));
      for (const [t] of l.states.entries()) expect(isDirect(l, s, t)).toBe(reached.has(t));
    }
  });

  test('a walk takes only direct steps and ends where it was asked to', () => {
    for (const [s] of l.states.entries()) {
      for (const [t] of l.states.entries()) {
        const steps = walk(l, s, t);
        if (steps === null || s === t) continue;
        expect(steps.at(-1)).toBe(t);
        for (const [i, to] of steps.entries()) expect(isDirect(l, i === 0 ? s : steps[i - 1]!, to)).toBe(true);
      }
    }
  });

  test('every state is reached from the initial one, and every exit is a state', () => {
    for (const [t, state] of l.states.entries()) {
      if (t !== l.initial) expect(walk(l, l.initial, t), state).not.toBeNull();
    }
    expect(l.states).toEqual(expect.arrayContaining([...l.exits]));
  });
});

test("the VM's machines draw all of Nova's states and tasks", () => {
  expect([...vmLife.states].sort()).toEqual([...VM_STATES].sort());
  expect([...vmTask.states].sort()).toEqual(['idle', ...TASK_STATES].sort());
});

test("every status Nova writes is drawn by some migration's machine, and none besides", () => {
  const drawn = MIGRATION_TYPES.flatMap((type) =>
    [null, ...MIGRATION_KINDS].flatMap((kind) => migrationLife(type, kind).states),
  );
  expect([...new Set(drawn)].sort()).toEqual([...MIGRATION_STATUSES].sort());
});

describe.each(MIGRATION_KINDS)('rollback of a %s live migration (nova.md §2)', (kind) => {
  const life = migrationLife('live-migration', kind);

  test('may be cancelled while queued, preparing and running, not in post-copy', () => {
    expect(allows(life, 'queued', 'cancelled')).toBe(true);
    expect(allows(life, 'preparing', 'cancelled')).toBe(true);
    expect(allows(life, 'running', 'cancelled')).toBe(true);
    expect(path(life, 'running (post-copy)', 'cancelled')).toBeNull();
  });
  test('a failed preparation is in error until its rollback writes failed', () => {
    expect(allows(life, 'preparing', 'error')).toBe(true);
    expect(allows(life, 'error', 'failed')).toBe(true);
  });
  test('nothing follows completed', () => {
    for (const state of life.states) if (state !== 'completed') expect(path(life, 'completed', state)).toBeNull();
  });
  test('completed from accepted is walked through the queue, preparation and the run', () => {
    expect(path(life, 'accepted', 'completed')).toEqual(['queued', 'preparing', 'running', 'completed']);
  });
});

test('an evacuated VM is done, and completed only by the return of its source, even in the middle', () => {
  expect(path(evacuation, 'accepted', 'done')).toEqual(['pre-migrating', 'done']);
  expect(allows(evacuation, 'done', 'completed')).toBe(true);
  expect(allows(evacuation, 'pre-migrating', 'completed')).toBe(true);
  expect(path(evacuation, 'done', 'failed')).toBeNull();
});

test('a finished resize is confirmed or reverted, never both', () => {
  expect(allows(coldMigration, 'finished', 'confirmed')).toBe(true);
  expect(allows(coldMigration, 'finished', 'reverted')).toBe(true);
  expect(path(coldMigration, 'confirmed', 'reverted')).toBeNull();
});

test('a task may skip steps forward and never goes back', () => {
  expect(allows(vmTask, 'scheduling', 'spawning')).toBe(true);
  expect(allows(vmTask, 'spawning', 'scheduling')).toBe(false);
  expect(allows(vmTask, 'rebuilding', 'rebuild_spawning')).toBe(true);
  expect(allows(vmTask, 'migrating', 'powering-off')).toBe(false);
  expect(allows(vmTask, 'migrating', 'deleting')).toBe(true);
});

test('a guest found shut down while paused is stopped; a deleted one is nothing any more', () => {
  expect(allows(vmLife, 'paused', 'stopped')).toBe(true);
  expect(path(vmLife, 'deleted', 'active')).toBeNull();
});
