// understudy predict: how long described migrations take, how long they stop the guest, and what they send.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { type Prediction, predict } from '../../../domain/migration/predict.ts';
import { parsePredictLine, type PredictInput } from '../../../domain/migration/predict-input.ts';
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

const readable = (predictions: readonly Prediction[]): string =>
  table(predictions, [
    { head: 'ID', cell: (p) => p.id },
    { head: 'OUTCOME', cell: (p) => p.outcome },
    { head: 'TOTAL', cell: (p) => seconds(p.totalMs) },
    { head: 'P10 TO P90', cell: (p) => `${seconds(p.band.totalMs.p10)} to ${seconds(p.band.totalMs.p90)}` },
    { head: 'DOWNTIME', cell: (p) => `${Math.round(p.downtimeMs)} ms` },
    { head: 'RAM MIB', cell: (p) => mib(p.ramBytes) },
    { head: 'DISK MIB', cell: (p) => mib(p.diskBytes) },
    { head: 'ROUNDS', cell: (p) => p.rounds.length },
  ]) + `Model ${predictions[0]?.model ?? ''}; the band is what stated uncertainty of the inputs makes of it.\n`;

const predictAll = async (terminal: Terminal, path: string | null, json: boolean): Promise<Ending> => {
  const text = readInput(path);
  if (!text.ok) return text;
  const moves = movesIn(text.value);
  if (!moves.ok) return moves;
  if (!json) {
    await terminal.write(readable(moves.value.map((move) => predict(move))));
    return ok(0);
  }
  for (const move of moves.value) await terminal.write(`${JSON.stringify(predict(move))}\n`);
  return ok(0);
};

export const predictMoves: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('predict [file]')
    .description('predict migrations described as JSON lines, from a file or standard input');
  withJson(command).action((file: string | undefined, options: JsonOption) =>
    run(() => predictAll(terminal, file ?? null, options.json === true)),
  );
};
