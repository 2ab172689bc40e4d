// What makes a fact in two files one: the words that told it, and what it says. Not how many others stood beside it there,
// because what came before in a file decides that.
import { hash } from 'node:crypto';
import type { Fact } from '../../domain/events/dictionary.ts';

/** Facts of one message are few: 48 bits keep them apart. */
const DIGITS = 12;

/** @param teller id or digest of the message, the same in every file that holds it */
export const factKey = (teller: string, { type, entity, data }: Fact & { readonly entity: string }): string =>
  `${teller}#${hash('sha256', `${type} ${entity} ${JSON.stringify(data)}`).slice(0, DIGITS)}`;
