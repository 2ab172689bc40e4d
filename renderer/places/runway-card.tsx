// The runway of each resource on the trend of the log's own history, or why nobody can say.
import type { ResourceOutlook } from '../../domain/capacity/outlook.ts';
import { useDesk } from '../session/desk.ts';
import { count, gibibytes, mebibytes } from '../../domain/readout/words.ts';
import { useLatest } from '../session/use-latest.ts';

const NAME = { VCPU: 'vCPU', MEMORY_MB: 'RAM', DISK_GB: 'disk', PCPU: 'dedicated CPU' } as const;
const WIDTH = 132;
const HEIGHT = 26;

const amount = (o: ResourceOutlook, n: number): string =>
  o.resource === 'VCPU' ? count(n) : o.resource === 'MEMORY_MB' ? mebibytes(n) : gibibytes(n);

const days = (n: number | null | undefined): string =>
  n === undefined ? 'unknown' : n === null ? 'not on this trend' : `${count(n)} d`;

/** The history of use under the line of capacity. */
const Spark = ({ o }: { readonly o: ResourceOutlook }) => {
  const [first, last] = [o.points[0], o.points.at(-1)];
  if (!first || !last || last.at === first.at || o.capacity === 0) return null;
  const top = Math.max(o.capacity, ...o.points.map((p) => p.used));
  const x = (at: number): number => ((at - first.at) / (last.at - first.at)) * WIDTH;
  const y = (used: number): number => HEIGHT - 1 - (used / top) * (HEIGHT - 2);
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} aria-hidden="true">
      <line x1={0} x2={WIDTH} y1={y(o.capacityKeepingOne)} y2={y(o.capacityKeepingOne)} class="limit" />
      <polyline points={o.points.map((p) => `${x(p.at).toFixed(1)},${y(p.used).toFixed(1)}`).join(' ')} />
    </svg>
  );
};

export const RunwayCard = () => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  // The branch's whole history, whatever instant is looked at: a trend has no use for the scrubbed-to second.
  const outlook = useLatest('capacity.runway', { timeline, at: null }, timeline);
  const rows = outlook.value?.resources ?? [];
  const refused = rows[0]?.refused ?? null;
  return (
    <div class={`card ${outlook.pending ? 'late-bar' : ''}`} data-testid="runway">
      <h2>
        Runway <small>history of {timeline}; the line is N+1 capacity</small>
      </h2>
      <div class="scroll">
        {outlook.failure !== null && <p class="failure">{outlook.failure.sentence}</p>}
        {refused !== null && <p class="fit-note">{refused}</p>}
        {rows.length > 0 && (
          <table class="rows">
            <thead>
              <tr>
                <th />
                <th>use so far</th>
                <th class="right">used</th>
                {refused === null && (
                  <>
                    <th class="right">full in</th>
                    <th class="right">worst tenth</th>
                    <th class="right">keeping N+1</th>
                  </>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((o) => (
                <tr key={o.resource}>
                  <td>
                    <b>{NAME[o.resource]}</b>
                  </td>
                  <td>
                    <Spark o={o} />
                  </td>
                  <td class="right">
                    {amount(o, o.points.at(-1)?.used ?? 0)} of {amount(o, o.capacity)}
                  </td>
                  {refused === null && (
                    <>
                      <td class="right">{days(o.runway?.daysP50)}</td>
                      <td class="right">{days(o.runway?.daysP90)}</td>
                      <td class="right">{days(o.keepingOne?.daysP50)}</td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </div>
  );
};
