// The sweep: does any host, pair, rack or zone failing leave VMs without a home, and which; a failing set can be drilled.
import { useRef, useState } from 'preact/hooks';
import type { Failure, Progress } from '../../domain/contract/port.ts';
import type { FailingSet, SweepKind, SweepResult } from '../../domain/drill/sweep/sweep.ts';
import { leftOver, sweepNotes, sweepVerdict } from '../../domain/drill/sweep/words.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { clock, count, mebibytes } from '../../domain/readout/words.ts';
import { SweepMatrix } from './sweep-matrix.tsx';

const KINDS = [
  ['1', 'Hosts'],
  ['2', 'Pairs'],
  ['rack', 'Racks'],
  ['az', 'Zones'],
] as const satisfies readonly (readonly [SweepKind, string])[];

/** Sets on show; the rest is counted. */
const SHOWN = 100;

type Done = { readonly result: SweepResult; readonly at: number; readonly timeline: string };

const hostsOf = (set: FailingSet): string =>
  set.hosts.length > 3 ? `${set.hosts.slice(0, 2).join(', ')} and ${set.hosts.length - 2} more` : set.hosts.join(', ');

const FailingTable = ({ result }: { readonly result: SweepResult }) => {
  const desk = useDesk();
  const rest = result.failingCount + result.undecided - Math.min(SHOWN, result.failing.length);
  return (
    <div class="scroll">
      <table class="rows fits" data-testid="failing-sets">
        <thead>
          <tr>
            <th>fails</th>
            <th>left over</th>
            <th class="right">RAM</th>
            <th>smallest change</th>
          </tr>
        </thead>
        <tbody>
          {result.failing.slice(0, SHOWN).map((set) => (
            <tr key={set.hosts.join()} onClick={() => (desk.faults.value = set.hosts)}>
              <td>
                <button type="button" class="link" title="Choose these hosts for a drill">
                  <b>{hostsOf(set)}</b>
                </button>
              </td>
              <td>{set.decided ? leftOver(set) : `undecided: ${leftOver(set)}`}</td>
              <td class="right">{mebibytes(set.ramMiB)}</td>
              <td class="muted">{set.relaxation ?? 'no single one'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p class="fit-note">and {count(rest)} more</p>}
    </div>
  );
};

const Answer = ({ done }: { readonly done: Done }) => {
  const { result } = done;
  const bad = result.safe !== true;
  return (
    <>
      <p class={`pad fit-note ${bad ? 'critical-ink' : ''}`} data-testid="sweep-verdict">
        <b>{sweepVerdict(result)}</b> {sweepNotes(result).join(' ')}
      </p>
      {result.failing.length > 0 && (
        <div class="sweep-answer">
          {result.kind === '2' && <SweepMatrix result={result} />}
          <FailingTable result={result} />
        </div>
      )}
    </>
  );
};

export const SweepCard = () => {
  const desk = useDesk();
  const [kind, setKind] = useState<SweepKind>('1');
  const [done, setDone] = useState<Done | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const stop = useRef<AbortController | null>(null);
  const running = stop.current !== null;

  const run = async (): Promise<void> => {
    const abort = new AbortController();
    stop.current = abort;
    setFailure(null);
    setProgress({ done: 0, total: null, says: 'looking at the cluster' });
    const timeline = desk.timeline.peek();
    const at = desk.player.at.peek();
    const answer = await desk.client.call(
      'drill.sweep',
      { timeline, at, kind, assume: desk.plan.premises() },
      { signal: abort.signal, progress: setProgress },
    );
    stop.current = null;
    setProgress(null);
    if (answer.ok) setDone({ result: answer.value, at: at.at, timeline });
    else setFailure(answer.error);
  };

  return (
    <div class="card sweep">
      <h2>
        Is it safe?{' '}
        <small>
          {done === null
            ? 'every failure of a kind, by exact placement'
            : `${done.timeline} at ${clock(done.at)}Z, ${count(done.result.checked)} checked`}
        </small>
        <span class="spring" />
        <Segments label="What fails" value={kind} choices={KINDS} onChoose={setKind} />
        {running ? (
          <button type="button" class="btn small" onClick={() => stop.current?.abort()}>
            Cancel
          </button>
        ) : (
          <button type="button" class="btn small" onClick={() => void run()} data-testid="run-sweep">
            Sweep
          </button>
        )}
      </h2>
      {progress !== null && <p class="pad late">{progress.says}</p>}
      {failure !== null && <p class="pad failure">{failure.sentence}</p>}
      {done !== null && <Answer done={done} />}
    </div>
  );
};
