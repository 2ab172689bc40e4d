// Undo takes choices back in the order they were made, and nothing else.
import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { Undo } from '../../renderer/session/undo.ts';

test('choices are taken back newest first, over several signals, and an undo is no choice', () => {
  const undo = new Undo();
  const [hosts, count] = [signal<readonly string[]>([]), signal(1)];
  undo.watch(hosts);
  undo.watch(count);
  expect([undo.isEmpty, undo.undo()]).toEqual([true, false]);
  hosts.value = ['a'];
  count.value = 2;
  hosts.value = ['a', 'b'];
  expect(undo.undo()).toBe(true);
  expect([hosts.value, count.value]).toEqual([['a'], 2]);
  undo.undo();
  undo.undo();
  expect([hosts.value, count.value, undo.isEmpty]).toEqual([[], 1, true]);
  hosts.value = ['c'];
  undo.undo();
  expect(hosts.value).toEqual([]);
});
