// The format "oslo.log": lines of Nova's services, as files or as collected with a file name or a journal's stamp before them.
import { hash } from 'node:crypto';
import { factKey } from '../fact-key.ts';
import { type Format, ignored, type Item, type Reading, refusal } from '../format.ts';
import { linesOf } from '../lines.ts';
import { type LogLine, logLineIn, templateOf } from './line.ts';
import { hostNamedIn, newMemory, toldBy } from './messages.ts';

/** Whose log it is stands in messages that come once a minute; so far ahead they are looked for. */
const LOOK_AHEAD_LINES = 20_000;
/** Templates counted one by one; a service has a few hundred messages, tracebacks and request lines have no end. */
const TEMPLATES_MAX = 300;
const NO_LOG_LINES_MAX = 200; // a traceback is shorter

/** A line that has a date and nothing a line needs: a file that was copied while it was written ends in one. */
const BEGUN = /^(?:\S{1,200}[ :])?\d{4}-\d\d-\d\d[ T]\d\d:\d\d/;

/** oslo.log repeats its whole prefix before each line of a traceback: they are one error, told by the line before. */
class Tracebacks {
  #open = '';

  has(line: LogLine): boolean {
    const of = `${line.writer} ${line.at} ${line.logger} ${line.level}`;
    if (line.message.startsWith('Traceback (most recent call last)')) this.#open = of;
    else if (this.#open !== of) this.#open = '';
    return this.#open === of;
  }
}

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  const memory = newMemory();
  for (const { number, text } of linesOf(incoming.chunks())) {
    if (number > LOOK_AHEAD_LINES) break;
    const line = logLineIn(text, undatedAt);
    const host = line === null ? null : hostNamedIn(line.message);
    if (line !== null && host !== null && !memory.hosts.has(line.writer)) memory.hosts.set(line.writer, host);
  }
  const templates = new Set<string>();
  const tracebacks = new Tracebacks();
  let strange = 0;
  for (const { number, text, tooLong, last } of linesOf(incoming.chunks())) {
    if (text === '' && !tooLong) continue;
    const line = tooLong ? null : logLineIn(text, undatedAt);
    if (line === null && last && BEGUN.test(text)) {
      yield refusal(number, 'this line is cut off', text);
      continue;
    }
    if (line === null) {
      strange++;
      if (strange > NO_LOG_LINES_MAX || tooLong) yield refusal(number, 'this is no line of oslo.log', text);
      else yield ignored(number, 'continuation lines');
      continue;
    }
    strange = 0;
    if (tracebacks.has(line)) {
      yield ignored(number, 'traceback lines');
      continue;
    }
    const told = toldBy(line, memory);
    if (told === null) {
      const template = templateOf(line);
      if (templates.size < TEMPLATES_MAX) templates.add(template);
      yield ignored(number, templates.has(template) ? template : 'other messages');
      continue;
    }
    const key = hash('sha256', line.text).slice(0, 32);
    const facts = told.map((fact) => ({ ...fact, at: line.at, line: number, key: factKey(key, fact) }));
    yield { kind: 'facts', line: number, facts };
  }
}

const SNIFFED_LINES = 400;
const ANY_YEAR = Date.UTC(2100, 0); // only whether a line is one matters here

export const osloLog: Format = {
  name: 'oslo.log',
  sniff: (head) => {
    const lines = head.split('\n', SNIFFED_LINES).filter((line) => line !== '');
    const known = lines.filter((line) => logLineIn(line, ANY_YEAR) !== null);
    return Math.min(0.9, (known.length / Math.max(1, lines.length)) * 2);
  },
  read,
};
