// `understudy predict`: what it accepts, what it says of what it does not, and that its answers hold together.
import { expect, test } from 'vitest';
import { checkPredictInput, parsePredictLine, PREDICT_MODES } from '../../../domain/migration/predict-input.ts';
import { predict, type Prediction } from '../../../domain/migration/predict.ts';
import { pick, rng } from '../../../domain/base/rng.ts';

const FIELDS = {
  id: 'vm-1',
  mode: 'precopy',
  ramBytes: 268_435_456,
  touchedBytes: 167_772_160,
  workingSetBytes: 67_108_864,
  dirtyPagesPerS: 7324,
  pattern: 'random',
  maxBandwidthBps: 0,
  linkBps: 50_000_000,
  downtimeLimitMs: 300,
  autoConverge: false,
  postCopyAfterS: null,
  diskBytes: 0,
  diskFill: 1,
  diskWriteBps: 0,
  timeoutS: 60,
};

const answer = (changes: object = {}): Prediction => {
  const read = parsePredictLine(JSON.stringify({ ...FIELDS, ...changes }));
  if (!read.ok) throw new Error(read.error.join(' '));
  return predict(read.value);
};

const complaints = (changes: object): readonly string[] => {
  const read = parsePredictLine(JSON.stringify({ ...FIELDS, ...changes }));
  return read.ok ? [] : read.error;
};

test('one line in, one prediction out, with model, rounds and band', () => {
  const got = answer();
  expect(got.id).toBe('vm-1');
  expect(got.outcome).toBe('completed');
  expect(got.model).toMatch(/^qemu-/);
  expect(got.rounds.length).toBeGreaterThan(1);
  for (const band of [got.band.totalMs, got.band.downtimeMs, got.band.bytes]) {
    expect(band.p10).toBeLessThanOrEqual(band.p50);
    expect(band.p50).toBeLessThanOrEqual(band.p90);
  }
  expect(got.totalMs).toBeGreaterThan(got.band.totalMs.p10);
  expect(got.totalMs).toBeLessThan(got.band.totalMs.p90);
  expect(JSON.parse(JSON.stringify(got))).toEqual(got);
});

test('the same line gives the same bytes, whatever was predicted before', () => {
  const once = JSON.stringify(answer());
  answer({ dirtyPagesPerS: 20_000, pattern: '80-20' });
  expect(JSON.stringify(answer())).toBe(once);
});

test('inputs known better give a narrower band', () => {
  const read = parsePredictLine(JSON.stringify(FIELDS));
  if (!read.ok) throw new Error('refused');
  const width = (p: Prediction): number => p.band.totalMs.p90 - p.band.totalMs.p10;
  const sure = predict(read.value, { uncertainty: { link: 0, writeRate: 0, workingSet: 0 } });
  const unsure = predict(read.value, { uncertainty: { link: 0.2, writeRate: 0.4, workingSet: 0.3 } });
  expect(width(sure)).toBeLessThan(width(answer()));
  expect(width(answer())).toBeLessThan(width(unsure));
});

test('each mode takes its own way', () => {
  expect(answer({ mode: 'volume' }).totalMs).toBe(answer().totalMs);
  expect(answer({ mode: 'shared' }).downtimeMs).toBeGreaterThan(answer().downtimeMs);
  const stuck = { dirtyPagesPerS: 40_000, workingSetBytes: 140_000_000 };
  expect(answer(stuck).outcome).toBe('cancelled-timeout');
  expect(answer({ ...stuck, timeoutS: null }).outcome).toBe('endless');
  expect(answer({ ...stuck, mode: 'autoconverge' }).outcome).toBe('completed');
  expect(answer({ ...stuck, mode: 'postcopy' }).outcome).toBe('completed');
  expect(answer({ ...stuck, postCopyAfterS: 5 }).downtimeMs).toBeLessThan(50);
  const block = answer({ mode: 'block', diskBytes: 268_435_456 });
  expect(block.diskBytes).toBeCloseTo(268_435_456, -6);
  expect(block.totalMs).toBeGreaterThan(answer().totalMs + 5000);
});

test('what may be left out has QEMU’s default', () => {
  const { id, mode, ramBytes, touchedBytes, workingSetBytes, dirtyPagesPerS, linkBps } = FIELDS;
  const read = parsePredictLine(
    JSON.stringify({ id, mode, ramBytes, touchedBytes, workingSetBytes, dirtyPagesPerS, linkBps }),
  );
  expect(read.ok && predict(read.value).totalMs).toBe(answer({ timeoutS: null }).totalMs);
});

test('every fault gets its sentence', () => {
  expect(complaints({ ramBytes: -1, linkBps: 'fast', mode: 'teleport' })).toEqual([
    'mode is "teleport"; it must be one of precopy, postcopy, autoconverge, block, shared, volume.',
    'ramBytes is -1; it cannot be negative.',
    'linkBps is "fast"; it must be a number (bytes a second).',
  ]);
  expect(complaints({ touchedBytes: null })).toEqual(['touchedBytes is missing.']);
  expect(complaints({ dirtyPagesPerS: 1e12 })[0]).toMatch(/must lie between 0 and/);
  expect(complaints({ diskFill: 50 })[0]).toMatch(/diskFill is 50/);
  expect(complaints({ autoConverge: 'yes' })).toEqual(['autoConverge is "yes"; it must be true or false.']);
  expect(complaints({ touchedBytes: 1e12 })[0]).toMatch(/is more than ramBytes/);
  expect(complaints({ workingSetBytes: 0 })[0]).toMatch(/holds no page/);
  expect(complaints({ mode: 'block' })[0]).toMatch(/diskBytes is missing or 0/);
  expect(complaints({ id: '' })).toEqual(['id is ""; it must be a text.']);
});

test('a line that is not one JSON object is refused as such', () => {
  for (const line of ['{"id":NaN}', '', 'null', '[1]', '{"id":"a"', '3']) {
    const read = parsePredictLine(line);
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.error[0]).toMatch(/^the line is /);
  }
});

test('whatever the door accepts has an end, and figures that are numbers', () => {
  const r = rng('door');
  const between = (least: number, most: number): number =>
    Math.exp(Math.log(least) + r.next() * Math.log(most / least));
  let accepted = 0;
  for (let n = 0; n < 2000; n++) {
    const ramBytes = Math.round(between(4096, 2 ** 44));
    const read = checkPredictInput({
      id: `vm-${n}`,
      mode: pick(r, PREDICT_MODES),
      ramBytes,
      touchedBytes: Math.floor(ramBytes * pick(r, [0, r.next(), 1])),
      workingSetBytes: Math.floor(ramBytes * pick(r, [0, r.next() * 0.01, r.next(), 1])),
      dirtyPagesPerS: pick(r, [0, Math.round(between(1, 1e9))]),
      pattern: pick(r, ['random', 'sweep', '80-20']),
      maxBandwidthBps: pick(r, [0, between(1000, 1e12)]),
      linkBps: pick(r, [0, between(1000, 1e12)]),
      downtimeLimitMs: pick(r, [0, 300, between(1, 2e6)]),
      autoConverge: pick(r, [true, false]),
      postCopyAfterS: pick(r, [null, 0, between(0.001, 1e5)]),
      diskBytes: Math.round(between(1, 2 ** 49)),
      diskFill: pick(r, [0, 1, r.next()]),
      diskWriteBps: pick(r, [0, between(1, 1e11)]),
      timeoutS: pick(r, [null, 0, between(0.01, 2e6)]),
    });
    if (!read.ok) continue;
    accepted += 1;
    const got = predict(read.value);
    for (const figure of [got.totalMs, got.downtimeMs, got.ramBytes, got.diskBytes, got.mirrorMs]) {
      expect(Number.isFinite(figure) && figure >= 0).toBe(true);
    }
    expect(got.rounds.length).toBeLessThanOrEqual(1000);
    expect(got.outcome).not.toBe(read.value.timeoutS === null ? 'cancelled-timeout' : 'endless');
  }
  expect(accepted).toBeGreaterThan(1000);
});

test("a field misspelt is named with the one that is meant; notes of one's own are left alone", () => {
  const { maxBandwidthBps, ...rest } = FIELDS;
  const read = (fields: object): readonly string[] => {
    const got = parsePredictLine(JSON.stringify(fields));
    return got.ok ? [] : got.error;
  };
  expect(read({ ...rest, maxBandwithBps: maxBandwidthBps })).toEqual([
    'maxBandwithBps is not a field; maxBandwidthBps is.',
  ]);
  expect(read({ ...rest, max_bandwidth_bps: 5_000_000 })).toEqual([
    'max_bandwidth_bps is not a field; maxBandwidthBps is.',
  ]);
  expect(read({ ...FIELDS, comment: 'from the trace of Tuesday', group: 7 })).toEqual([]);
});
