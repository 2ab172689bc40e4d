// The format "traffic": who talked to whom and how much, as CSV: a line a pair and direction.
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import { createHash } from 'node:crypto';
import { csvFaultSentence, parseTrafficCsv, trafficColumn } from '../../domain/datapath/traffic-csv.ts';
import { type Format, type Item, type Reading, refusal } from './format.ts';
import { wholeText } from './json-records.ts';

/** A matrix of 20,000 VMs with ten peers each is 12 MiB; it is read whole. */
const MATRIX_BYTES_MAX = 64 * 1024 * 1024;
/** Flows of one event: its line in an export stays below what a line may be. */
const FLOWS_AT_ONCE = 10_000;

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  if (incoming.bytes > MATRIX_BYTES_MAX) {
    yield refusal(1, 'a traffic matrix is read whole, up to 64 MiB: split it', '');
    return;
  }
  const parsed = parseTrafficCsv(wholeText(incoming));
  if (!parsed.ok) {
    // A matrix with holes would be taken for a quieter cloud, so nothing of it is kept.
    for (const fault of parsed.error) yield refusal(fault.line, csvFaultSentence(fault), '');
    return;
  }
  const note = `it gives no time: its traffic is placed at ${isoInstant(instant(undatedAt))}`;
  yield { kind: 'note', line: 0, note };
  for (let from = 0; from < parsed.value.length; from += FLOWS_AT_ONCE) {
    const flows = parsed.value.slice(from, from + FLOWS_AT_ONCE);
    const digest = createHash('sha256')
      .update(JSON.stringify([undatedAt, from, flows]))
      .digest('hex');
    const common = { entity: 'cluster:', at: undatedAt, line: 1, evidence: 'inferred' } as const;
    const fact = { ...common, type: 'traffic.sampled', v: 1, data: { flows }, key: digest.slice(0, 32) } as const;
    yield { kind: 'facts', line: 1, facts: [fact] };
  }
}

const HEADER = /^\uFEFF?[^\n]*\r?\n/;
const RATE = /^(?:bytes_per_s|bits_per_s|[kmg]bps)$/;

export const traffic: Format = {
  name: 'traffic',
  dateless: true,
  sniff: (head) => {
    const columns = (HEADER.exec(head)?.[0] ?? '')
      .replace(/^\uFEFF/, '')
      .split(',')
      .map(trafficColumn);
    return columns.includes('from') && columns.includes('to') && columns.some((name) => RATE.test(name)) ? 0.95 : 0;
  },
  read,
};
