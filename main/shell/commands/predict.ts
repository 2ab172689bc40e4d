// understudy predict: how long described migrations take, how long they stop the guest, and what they send.
import { Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { readRate, STORAGE_ENGINES, type StorageEngineName } from '../../../domain/datapath/storage-engine.ts';
import { type Prediction, predict } from '../../../domain/migration/predict.ts';
import { parsePredictLine, type PredictInput } from '../../../domain/migration/predict-input.ts';
import { coresOf } from '../../../domain/planning/move-stream.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { seconds } from '../../../domain/readout/words.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { type JsonOption, withJson } from '../command-line/options.ts';
import { readInput } from '../command-line/read-input.ts';
import { table } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

const BYTES_PER_MIB = 1_048_576;
const MOST_FAULTS = 20; // a file that is mostly wrong is not worth more

/** Every line's move, or a sentence for each line that is wrong: then none is predicted. */
const movesIn = (text: string): Result<readonly PredictInput[], string> => {
  const moves: PredictInput[] = [];
  const wrong: string[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const move = parsePredictLine(line);
    if (move.ok) moves.push(move.value);
    else wrong.push(`line ${i + 1}: ${move.error.join(' ')}`);
  }
  if (wrong.length > MOST_FAULTS) wrong.splice(MOST_FAULTS, Infinity, `and ${wrong.length - MOST_FAULTS} more lines`);
  if (wrong.length > 0) return err(wrong.join('\n'));
  return moves.length === 0 ? err('There is no migration to predict: give one JSON object a line.') : ok(moves);
};

const mib = (bytes: number): number => Math.round(bytes / BYTES_PER_MIB);

const cores = coresOf(PLAN_DEFAULTS);

const coresText = (p: Prediction): string | null => {
  if (p.totalMs <= 0) return null;
  const busy = cores(((p.ramBytes + p.diskBytes) / p.totalMs) * 1000, null, null);
  return `${busy.source.toFixed(2)}, ${busy.dest.toFixed(2)}`;
};

const readable = (predictions: readonly Prediction[]): string =>
  table(predictions, [
    { head: 'ID', cell: (p) => p.id },
    { head: 'OUTCOME', cell: (p) => p.outcome },
    { head: 'TOTAL', cell: (p) => seconds(p.totalMs) },
    { head: 'P10 TO P90', cell: (p) => `${seconds(p.band.totalMs.p10)} to ${seconds(p.band.totalMs.p90)}` },
    { head: 'DOWNTIME', cell: (p) => `${Math.round(p.downtimeMs)} ms` },
    { head: 'RAM MIB', cell: (p) => mib(p.ramBytes) },
    { head: 'DISK MIB', cell: (p) => mib(p.diskBytes) },
    { head: 'CORES', cell: coresText },
    { head: 'ROUNDS', cell: (p) => p.rounds.length },
  ]) +
  `Cores of the source and of the destination are those busy on the mean, at ${PLAN_DEFAULTS.clockGhz} GHz.\nModel ${predictions[0]?.model ?? ''}; the band is what stated uncertainty of the inputs makes of it.\n`;

type Options = JsonOption & { readonly ioEngine?: StorageEngineName };

/** A disk nobody described: an NVMe of the middle class. What a line says of its own disk comes first. */
const ASSUMED_DISK = { deviceBytesPerS: 3e9, deviceLatencyUs: 80, requestBytes: BYTES_PER_MIB, inFlight: 16 };

/** What QEMU's engine delivers to a block copy, on the disk assumed. */
const readBy = (engine: StorageEngineName, move: PredictInput): PredictInput =>
  move.mode === 'block' && move.diskReadBps === null
    ? { ...move, diskReadBps: readRate({ engine, ...ASSUMED_DISK }).bytesPerS }
    : move;

const predictAll = async (terminal: Terminal, path: string | null, options: Options): Promise<Ending> => {
  const { ioEngine, json } = options;
  const text = readInput(path);
  if (!text.ok) return text;
  const read = movesIn(text.value);
  if (!read.ok) return read;
  const moves = ioEngine === undefined ? read : ok(read.value.map((move) => readBy(ioEngine, move)));
  if (json !== true) {
    await terminal.write(readable(moves.value.map((move) => predict(move))));
    return ok(0);
  }
  for (const move of moves.value) await terminal.write(`${JSON.stringify(predict(move))}\n`);
  return ok(0);
};

export const predictMoves: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('predict [file]')
    .description('predict migrations described as JSON lines, from a file or standard input')
    .addOption(
      new Option(
        '--io-engine <name>',
        'what reads the disk of a block migration whose line has no diskReadBps (an NVMe of 3 GB/s is assumed)',
      ).choices(Object.keys(STORAGE_ENGINES)),
    );
  withJson(command).action((file: string | undefined, options: Options) =>
    run(() => predictAll(terminal, file ?? null, options)),
  );
};
