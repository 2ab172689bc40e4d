// How long each VM was down, told twice: by a drill and by the record, or by two branches since they parted.
import type { DownTimes, DrillReport } from '../../domain/contract/contract.ts';
import { brief, clock, plural } from '../../domain/readout/words.ts';
import type { Outage } from '../../domain/timeline/outages.ts';
import { useDesk } from '../session/desk.ts';

/** Rows on show; the rest is counted. */
const SHOWN = 200;

type Row = {
  readonly vm: string;
  readonly name: string;
  /** Until it was in place again; null: not by the end; `none`: it was never down. */
  readonly first: number | null | 'none';
  readonly second: number | null | 'none';
  /** Until it ran, where that was later. */
  readonly firstRuns: number | null;
  readonly secondRuns: number | null;
};

const back = (outage: Outage | null): Row['first'] => (outage === null ? 'none' : outage.backMs);

const runs = (outage: Outage | null): number | null =>
  outage === null || outage.runsMs === outage.backMs ? null : outage.runsMs;

const Time = ({ ms, runsMs }: { readonly ms: Row['first']; readonly runsMs: number | null }) => (
  <td class={`right ${ms === null ? 'critical-ink' : ''}`}>
    {ms === 'none' ? 'not down' : ms === null ? 'not back' : brief(ms)}
    {runsMs !== null && <span class="muted">, runs {brief(runsMs)}</span>}
  </td>
);

const apart = ({ first, second }: Row): string => {
  if (typeof first !== 'number' || typeof second !== 'number') return '–';
  const by = second - first;
  return by === 0 ? '0' : `${by < 0 ? '−' : '+'}${brief(Math.abs(by))}`;
};

const Table = ({ rows, heads }: { readonly rows: readonly Row[]; readonly heads: readonly [string, string] }) => {
  const desk = useDesk();
  return (
    <div class="scroll">
      <table class="rows" data-testid="down-times">
        <thead>
          <tr>
            <th>VM</th>
            <th class="right">{heads[0]}</th>
            <th class="right">{heads[1]}</th>
            <th class="right">second − first</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((row) => (
            <tr key={row.vm}>
              <td>
                <button type="button" class="link strong" onClick={() => desk.select(`vm:${row.vm}`)}>
                  {row.name}
                </button>
              </td>
              <Time ms={row.first} runsMs={row.firstRuns} />
              <Time ms={row.second} runsMs={row.secondRuns} />
              <td class="right">{apart(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && <p class="fit-note">and {plural(rows.length - SHOWN, 'VM')} more</p>}
    </div>
  );
};

/** The recorded incident first, the drill second. */
export const BesideRecord = ({ report }: { readonly report: DrillReport }) => {
  const recorded = new Map(report.recorded.map((outage) => [outage.vm, outage]));
  const rows = report.vms.map((vm): Row => {
    const outage = recorded.get(vm.vm) ?? null;
    return {
      vm: vm.vm,
      name: vm.name,
      first: back(outage),
      firstRuns: runs(outage),
      second: vm.downMs,
      secondRuns: null,
    };
  });
  return <Table rows={rows} heads={['in the record', 'in the drill']} />;
};

export const sinceWords = ({ since }: DownTimes): string =>
  since === null ? '' : `since ${clock(since.at)}Z, in min:s`;

export const BranchDownTimes = ({
  times,
  names,
}: {
  readonly times: DownTimes;
  readonly names: readonly [string, string];
}) => (
  <Table
    rows={times.vms.map(({ vm, name, a, b }) => ({
      vm,
      name,
      first: back(a),
      firstRuns: runs(a),
      second: back(b),
      secondRuns: runs(b),
    }))}
    heads={names}
  />
);
