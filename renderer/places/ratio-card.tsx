// The overcommit slider: how many more of the chosen flavor another CPU ratio takes, and how busy a full host would be.
import { useMemo } from 'preact/hooks';
import { fitOf } from '../../domain/capacity/fit.ts';
import { Chart } from '../charts/chart.tsx';
import { ratioOption } from '../charts/ratio.ts';
import { ANYWHERE, type FlavorSize } from '../../domain/capacity/flavors.ts';
import { ratioCurve, ratioRisk } from '../../domain/capacity/ratio-risk.ts';
import { withRatios } from '../../domain/capacity/what-if.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { releaseOf } from '../../domain/scheduling/release.ts';
import { count, percent } from '../../domain/readout/words.ts';

const MOST = 16; // Nova's default until 2023, and as far as anyone went
const STEP = 0.5;
/** Above this a full host has no room for a busy hour. */
const BUSY = 0.8;

const RATIOS = Array.from({ length: (MOST - 1) / STEP + 1 }, (_, i) => 1 + i * STEP);
const CHART_HEIGHT = 132;

const often = (share: number): string =>
  share < 0.0005
    ? 'hardly ever want more than it has'
    : `want more than it has ${share > 0.9995 ? 'nearly always' : `in ${percent(share)} of moments`}`;

type Props = {
  readonly state: ClusterState;
  readonly flavor: FlavorSize | null;
  readonly ratio: number | null;
  readonly onRatio: (ratio: number | null) => void;
};

/** The hosts' own ratio where they agree; null where they differ. */
const todays = (state: ClusterState): number | null => {
  const ratios = new Set(state.hosts.map((h) => h.vcpuRatio ?? releaseOf(state).vcpuRatio));
  const [only] = ratios;
  return ratios.size === 1 && only !== undefined ? only : null;
};

export const RatioCard = ({ state, flavor, ratio, onRatio }: Props) => {
  const own = useMemo(() => todays(state), [state]);
  const shown = ratio ?? own ?? releaseOf(state).vcpuRatio;
  const more = useMemo(() => {
    if (flavor === null) return null;
    const tried = withRatios(state, { vcpu: shown, ram: null, disk: null });
    return fitOf(tried, flavor, ANYWHERE);
  }, [state, flavor, shown]);
  const risk = useMemo(() => ratioRisk(state, shown), [state, shown]);
  const points = useMemo(() => ratioCurve(state, RATIOS), [state]);
  const curve = useMemo(() => ratioOption(points, shown), [points, shown]);
  return (
    <div class="card">
      <h2>
        Overcommit{' '}
        <small>{own === null ? 'hosts differ in cpu_allocation_ratio' : `cpu_allocation_ratio is ${own} : 1`}</small>
      </h2>
      <div class="pad ratio">
        <label>
          <b class="ratio-figure">{shown} : 1</b>
          <input
            type="range"
            min={1}
            max={MOST}
            step={STEP}
            value={shown}
            aria-label="CPU allocation ratio to try"
            onInput={(e) => onRatio(Number(e.currentTarget.value))}
            data-testid="ratio"
          />
        </label>
        <p>
          {more !== null && (
            <>
              <b>{count(more.count)}</b> more {more.name} fit.{' '}
            </>
          )}
          {risk === null ? (
            'No VM has a CPU sample yet: how busy a full host would be cannot be said.'
          ) : (
            <>
              A host filled up to it would run at{' '}
              <b class={risk.fullHost > 1 ? 'critical-ink' : risk.fullHost > BUSY ? 'warn-ink' : ''}>
                {percent(risk.fullHost)}
              </b>{' '}
              of its cores at this instant's demand ({percent(risk.meanUse)} of a vCPU on average), and{' '}
              {often(risk.overload)}.
            </>
          )}
        </p>
        {risk !== null && (
          <Chart
            label="Load of a full host (dashed) and how often it is too much, by ratio"
            height={CHART_HEIGHT}
            option={curve}
          />
        )}
        {risk !== null && <p class="room-key">dashed: its load; filled: how often it wants more than its cores</p>}
        {ratio !== null && (
          <button type="button" class="btn small" onClick={() => onRatio(null)}>
            Back to now
          </button>
        )}
      </div>
    </div>
  );
};
