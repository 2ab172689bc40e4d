// Warming goes on by itself until nothing is left, starts again when woken, and ends when stopped or when the file fails.
import { expect, test } from 'vitest';
import { LogFailure } from '../../../main/log/fault.ts';
import { warmingOf } from '../../../main/service/warming.ts';

const settle = async (turns = 20): Promise<void> => {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => void setImmediate(resolve));
};

test('slices follow each other until none is left; waking twice is waking once', async () => {
  let left = 5;
  const warming = warmingOf(() => --left > 0);
  warming.wake();
  warming.wake();
  expect(left).toBe(5); // never within the call that woke it
  await settle();
  expect(left).toBe(0);
  left = 3;
  warming.wake();
  await settle();
  expect(left).toBe(0);
});

test('stopped, it folds no more', async () => {
  let slices = 0;
  const warming = warmingOf(() => {
    slices++;
    if (slices === 2) warming.stop();
    return true;
  });
  warming.wake();
  await settle();
  warming.wake();
  await settle();
  expect(slices).toBe(2);
});

test('a file that fails ends it without ending the program', async () => {
  let slices = 0;
  const warming = warmingOf(() => {
    slices++;
    throw new LogFailure({ code: 'io', sentence: 'The disk reported an error.' });
  });
  warming.wake();
  await settle();
  expect(slices).toBe(1);
});
