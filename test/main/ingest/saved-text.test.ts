// The same text however it was saved: line endings, byte order marks, UTF-16, the colours of a terminal.
import { expect, test } from 'vitest';
import { accept } from '../../../main/ingest/accept.ts';
import { formatOf } from '../../../main/ingest/formats.ts';
import { fromBytes } from '../../../main/ingest/incoming.ts';
import { unpacked } from '../../../main/ingest/unpack.ts';
import { UNDATED } from './reading.ts';

const VM = 'b9000564-fe1a-409b-b8cc-1e88b294cd1d';
const REQ = 'req-3ea4052c-895d-4b64-9e2d-04d64c4d94ab';
const CONTENTS = {
  'oslo.log': [
    `2017-05-16 00:00:04.500 2931 INFO nova.compute.manager [None ${REQ} - - - - -] [instance: ${VM}] VM Started (Lifecycle Event)`,
    `2017-05-16 00:00:14.500 2931 INFO nova.compute.manager [None ${REQ} - - - - -] [instance: ${VM}] Terminating instance`,
  ],
  transcript: [
    '[stack@director ~]$ nova list',
    '+--------------------------------------+------+--------+----------+',
    '| ID                                   | Name | Status | Networks |',
    '+--------------------------------------+------+--------+----------+',
    `| ${VM} | web  | ACTIVE | n=10.1.1.1 |`,
    '+--------------------------------------+------+--------+----------+',
  ],
  csv: ['"ID","Name","Status","Host"', `"${VM}","wéb","ACTIVE","c1"`],
  yaml: ['- ID: ' + VM, '  Name: wéb', '  Networks:', '    n:', '    - 10.1.1.1', '  Status: ACTIVE'],
  json: ['[', ' {', `  "ID": "${VM}",`, '  "Name": "wéb",', '  "Networks": {"n": ["10.1.1.1"]}', ' }', ']'],
  notifications: [
    `{"event_type": "compute.instance.pause.end", "publisher_id": "compute.c1", "timestamp": "2026-03-03 10:00:00.000001", "message_id": "m1", "payload": {"instance_id": "${VM}", "state": "paused"}}`,
  ],
  qmp: [
    '{"timestamp": {"seconds": 1700000000, "microseconds": 1}, "event": "MIGRATION", "data": {"status": "setup"}}',
    '{"timestamp": {"seconds": 1700000001, "microseconds": 1}, "event": "MIGRATION", "data": {"status": "active"}}',
    '{"timestamp": {"seconds": 1700000002, "microseconds": 1}, "event": "MIGRATION", "data": {"status": "completed"}}',
  ],
  utilisation: ['time,vm:a,vm:b', '2026-03-03T10:00:00Z,10,20', '2026-03-03T10:05:00Z,11,21'],
  traffic: ['from,to,bytes_per_s', 'a,b,1000'],
};

const utf16 = (text: string, swap: boolean): Uint8Array => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return swap ? bytes.swap16() : bytes;
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const red = (line: string): string =>
  line.replace(/INFO|ACTIVE|director/, (word) => `\u001b[01;31m${word}\u001b[00m\u001b[K`);

const SAVED: Readonly<Record<string, (lines: readonly string[]) => Uint8Array>> = {
  'with CRLF': (lines) => utf8(lines.map((line) => `${line}\r\n`).join('')),
  'with a byte order mark': (lines) => utf8(`\uFEFF${lines.join('\n')}\n`),
  'with a byte order mark and CRLF': (lines) => utf8(`\uFEFF${lines.join('\r\n')}\r\n`),
  'as UTF-16': (lines) => utf16(lines.map((line) => `${line}\r\n`).join(''), false),
  'as big-endian UTF-16': (lines) => utf16(`${lines.join('\n')}\n`, true),
  'with colours': (lines) => utf8(`\u001b]0;stack@director: ~\u0007${lines.map(red).join('\n')}\n`),
};

/** What the file tells, as a reader of the report would see it. */
const told = (content: Uint8Array): unknown => {
  const opened = unpacked(fromBytes('saved.txt', content, UNDATED));
  if (!opened.ok) throw new Error(opened.error);
  const [incoming] = opened.value;
  const format = incoming === undefined ? null : formatOf(incoming, null);
  if (incoming === undefined || format?.ok !== true) return format;
  const items = [...format.value.read({ incoming, undatedAt: UNDATED, asked: true })];
  const facts = items.flatMap((item) => (item.kind === 'facts' ? item.facts : []));
  expect(facts.map((fact) => accept(fact).ok)).not.toContain(false);
  return [format.value.name, facts, items.filter((item) => item.kind === 'refused')];
};

for (const [saved, encode] of Object.entries(SAVED)) {
  for (const [name, lines] of Object.entries(CONTENTS)) {
    const isPasted = name === 'oslo.log' || name === 'transcript';
    if (saved === 'with colours' && !isPasted) continue; // a terminal's output is what has them
    test(`${name} saved ${saved} tells the same`, () => {
      const plain = told(utf8(lines.map((line) => `${line}\n`).join('')));
      expect(plain).toEqual([expect.any(String), expect.arrayContaining([expect.anything()]), []]);
      expect(told(encode(lines))).toEqual(plain);
    });
  }
}
