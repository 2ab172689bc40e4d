// What became of the VMs, outcome by outcome: how many, how long they were down, what it cost, why.
import type { Outcome, VmOutcome } from '../../domain/drill/outcome.ts';
import { useDesk } from '../session/desk.ts';
import { brief, count, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { GlyphName } from '../surfaces/glyphs.ts';

const LOOK: Readonly<Record<Outcome, { glyph: GlyphName; tone: string; bar: string; word: string }>> = {
  recovered: { glyph: 'check', tone: 'ink-2', bar: 'motion', word: 'recovered' },
  rebuilt: { glyph: 'rebuild', tone: 'warn-ink', bar: 'stripes', word: 'rebuilt, data lost' },
  restarted: { glyph: 'check', tone: 'ink-2', bar: 'motion', word: 'restarted in place' },
  unreachable: { glyph: 'clock', tone: 'critical-ink', bar: 'critical', word: 'runs, not reached' },
  stranded: { glyph: 'clock', tone: 'critical-ink', bar: 'critical', word: 'stranded' },
  error: { glyph: 'error', tone: 'critical-ink', bar: 'critical', word: 'ERROR' },
  lost: { glyph: 'error', tone: 'critical-ink', bar: 'critical', word: 'lost' },
};
const ORDER: readonly Outcome[] = ['recovered', 'rebuilt', 'restarted', 'unreachable', 'stranded', 'error', 'lost'];

/** The value at a share of a sorted list, by nearest rank. */
const rank = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;

/** The middle value, or the mean of the two in the middle: as the drill's summary counts it. */
const median = (sorted: readonly number[]): number | null => {
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
};

const time = (ms: number | null): string => (ms === null ? '–' : brief(ms));

/** The commonest cause, and how many others there are. */
const causes = (vms: readonly VmOutcome[]): string => {
  const counts = [...Map.groupBy(vms, (v) => v.cause.split(/[;:]/, 1)[0] ?? v.cause)]
    .map(([cause, of]) => [cause, of.length] as const)
    .sort((a, b) => b[1] - a[1]);
  const [first] = counts;
  if (first === undefined) return '';
  return counts.length === 1
    ? first[0]
    : `${first[0]} (${count(first[1])}), and ${plural(counts.length - 1, 'other reason')}`;
};

export const OutcomeTable = ({ vms }: { readonly vms: readonly VmOutcome[] }) => {
  const desk = useDesk();
  return (
    <table class="rows outcomes" data-testid="outcomes">
      <thead>
        <tr>
          <th>outcome</th>
          <th class="right">VMs</th>
          <th aria-label="share" />
          <th class="right">down, median</th>
          <th class="right">p90</th>
          <th>last</th>
          <th>data</th>
          <th>cause</th>
        </tr>
      </thead>
      <tbody>
        {ORDER.map((outcome) => {
          const some = vms.filter((v) => v.outcome === outcome);
          if (some.length === 0) return null;
          const look = LOOK[outcome];
          const down = some.flatMap((v) => (v.downMs === null ? [] : [v.downMs])).sort((a, b) => a - b);
          const last = some.toSorted((a, b) => (b.downMs ?? 0) - (a.downMs ?? 0))[0];
          const lost = some.filter((v) => v.dataLost).length;
          return (
            <tr key={outcome} data-outcome={outcome}>
              <td>
                <span class={`state ${look.tone}`}>
                  <Glyph name={look.glyph} size={13} />
                  {look.word}
                </span>
              </td>
              <td class="right">
                <b>{count(some.length)}</b>
              </td>
              <td>
                <span class="share">
                  <i class={look.bar} style={{ width: `${(some.length / vms.length) * 100}%` }} />
                </span>
              </td>
              <td class="right">{time(median(down))}</td>
              <td class="right">{time(rank(down, 0.9))}</td>
              <td>
                {last !== undefined && down.length > 0 ? (
                  <button type="button" class="link strong" onClick={() => desk.select(`vm:${last.vm}`)}>
                    {last.name}
                  </button>
                ) : (
                  '–'
                )}
              </td>
              <td class={lost > 0 ? 'warn-ink' : ''}>
                {lost === 0
                  ? 'kept'
                  : `${outcome === 'rebuilt' ? 'local disk gone' : 'lost or damaged'} for ${count(lost)}`}
              </td>
              <td class="ink-2 cause" title={[...new Set(some.map((v) => v.cause))].slice(0, 6).join('\n')}>
                {causes(some)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};
