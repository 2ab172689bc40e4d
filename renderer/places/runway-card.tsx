// The runway of a resource on the trend of the log's own history, drawn, or why nobody can say.
import { useMemo, useState } from 'preact/hooks';
import type { ResourceOutlook } from '../../domain/capacity/outlook.ts';
import { LIMIT_WORDS } from '../../domain/capacity/slots.ts';
import type { Assumptions } from '../../domain/capacity/what-if.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { count, gibibytes, mebibytes } from '../../domain/readout/words.ts';
import { Chart } from '../charts/chart.tsx';
import { runwayOption } from '../charts/runway.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';

const CHART_HEIGHT = 158;

const amount =
  (o: ResourceOutlook) =>
  (n: number): string =>
    o.resource === 'MEMORY_MB' ? mebibytes(n) : o.resource === 'DISK_GB' ? gibibytes(n) : count(Math.round(n));

const days = (n: number | null | undefined): string =>
  n === undefined ? 'unknown' : n === null ? 'not on this trend' : `${count(Math.round(n))} d`;

const Figures = ({ o }: { readonly o: ResourceOutlook }) => {
  const written = amount(o);
  const now = o.points.at(-1)?.used ?? 0;
  return (
    <dl class="runway-figures">
      <div>
        <dt>allocated</dt>
        <dd>
          {written(now)} of {Number.isFinite(o.capacity) ? written(o.capacity) : 'no limit'}
        </dd>
      </div>
      {o.busy !== null && (
        <div>
          <dt>busy now</dt>
          <dd>{written(o.busy)} cores</dd>
        </div>
      )}
      <div>
        <dt>held by SHUTOFF VMs</dt>
        <dd>{written(o.shutOff)}</dd>
      </div>
      {o.offline > 0 && (
        <div>
          <dt>on dead hosts</dt>
          <dd>{written(o.offline)}</dd>
        </div>
      )}
      {o.refused === null && (
        <>
          <div>
            <dt>full in</dt>
            <dd>
              <b>{days(o.runway?.daysP50)}</b>, worst tenth {days(o.runway?.daysP90)}
            </dd>
          </div>
          <div>
            <dt>keeping N+1</dt>
            <dd>{days(o.keepingOne?.daysP50)}</dd>
          </div>
        </>
      )}
    </dl>
  );
};

type Props = { readonly state: ClusterState; readonly assume: Assumptions | null };

export const RunwayCard = ({ state, assume }: Props) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const zones = useMemo(() => [...new Set(state.hosts.flatMap((h) => (h.az === null ? [] : [h.az])))].sort(), [state]);
  const [zone, setZone] = useState('');
  const [chosen, choose] = useState<string>('MEMORY_MB');
  const within = zones.includes(zone) ? zone : null;
  // The branch's whole history, whatever instant is looked at: a trend has no use for the scrubbed-to second.
  const question = { timeline, at: null, zone: within, assume, commitments: [], growths: [] };
  const outlook = useLatest('capacity.runway', question, timeline);
  const rows = outlook.value?.resources ?? [];
  const o = rows.find((r) => r.resource === chosen) ?? rows[0] ?? null;
  const option = useMemo(() => o && runwayOption(o, amount(o)), [o]);
  return (
    <div class={`card ${outlook.pending ? 'late-bar' : ''}`} data-testid="runway">
      <h2>
        <span title={`on the history of ${timeline}`}>Runway</span>
        <span class="spring" />
        {zones.length > 1 && (
          <select value={within ?? ''} aria-label="Zone" onChange={(e) => setZone(e.currentTarget.value)}>
            <option value="">all zones</option>
            {zones.map((z) => (
              <option key={z} value={z}>
                {z}
              </option>
            ))}
          </select>
        )}
        {o !== null && (
          <Segments
            label="Resource"
            value={o.resource}
            choices={rows.map((r) => [r.resource, LIMIT_WORDS[r.resource]] as const)}
            onChoose={choose}
            class="small"
          />
        )}
      </h2>
      <div class="scroll runway">
        {outlook.failure !== null && <p class="failure">{outlook.failure.sentence}</p>}
        {o?.refused != null && <p class="fit-note pad">{o.refused}</p>}
        {o !== null && option !== null && (
          <Chart
            label={`${LIMIT_WORDS[o.resource]} allocated over time, expected use, and capacity`}
            height={CHART_HEIGHT}
            option={option}
          />
        )}
        {o !== null && <Figures o={o} />}
      </div>
    </div>
  );
};
