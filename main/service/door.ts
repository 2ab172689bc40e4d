// The one place where a message becomes a call: name and input are checked, and whatever goes wrong becomes a sentence.
import { Compile, type Validator } from 'typebox/compile';
import { err } from '../../domain/base/result.ts';
import type { CallName } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import { readingFailure } from '../work/failure.ts';
import type { Answer, Watcher } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { inputSchemas } from './input-schemas.ts';

export type Door = (name: string, input: unknown, watcher: Watcher) => Promise<Answer<unknown>>;

const isCall = (name: string): name is CallName => Object.hasOwn(inputSchemas, name);

/** `/at/seq must be integer` for the first thing that does not fit. */
const firstFault = (check: Validator, input: unknown): string => {
  const [fault] = check.Errors(input);
  return fault === undefined
    ? 'the input has the wrong shape'
    : `${fault.instancePath || 'the input'} ${fault.message}`;
};

const ownMistake = (name: string, cause: unknown): Failure => ({
  code: 'own_mistake',
  sentence: `${name} met a mistake of Understudy's own: ${cause instanceof Error ? cause.message : String(cause)}. Nothing was changed by this call.`,
});

/** Opens the door onto `handlers`. The returned function never throws. */
export const openDoor = (handlers: Handlers): Door => {
  const checks = new Map<CallName, Validator>();
  const checkOf = (name: CallName): Validator => {
    const known = checks.get(name) ?? Compile(inputSchemas[name]);
    checks.set(name, known);
    return known;
  };
  return async (name, input, watcher) => {
    if (!isCall(name)) return err({ code: 'no_such_call', sentence: `There is no call named ${name}.` });
    const check = checkOf(name);
    if (!check.Check(input)) {
      return err({ code: 'bad_input', sentence: `${name}: ${firstFault(check, input)}.` });
    }
    const handler = handlers[name] as (input: unknown, watcher: Watcher) => ReturnType<Handlers[CallName]>;
    try {
      return await handler(input, watcher);
    } catch (cause) {
      return err(readingFailure(cause) ?? ownMistake(name, cause));
    }
  };
};
