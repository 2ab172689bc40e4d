// What the traced packet costs: a waterfall of its stages, throughput over packet size, or what the control plane pays.
import { useMemo, useState } from 'preact/hooks';
import { type Axis, curves } from '../../domain/datapath/curves.ts';
import { ETHERNET_BYTES, FCS_BYTES } from '../../domain/datapath/frame.ts';
import { pathCost, type PathCostInput } from '../../domain/datapath/path-cost.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from '../../domain/datapath/profiles.ts';
import { STANDARD_PATH } from '../../domain/datapath/standard-path.ts';
import { vmPath } from '../../domain/datapath/vm-path.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { throughputOption } from '../charts/throughput.ts';
import { Chart } from '../charts/chart.tsx';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { count } from '../../domain/readout/words.ts';
import { LoadBars } from '../surfaces/load-bars.tsx';
import { NetworkTraffic } from './network-traffic.tsx';
import { Waterfall } from '../surfaces/waterfall.tsx';

type Props = { readonly state: ClusterState | null; readonly from: string | null; readonly to: string | null };
type Shows = 'cost' | 'curves' | 'traffic' | 'load';

const COMPARED: readonly ProfileName[] = ['kernel-ovs', 'linux-bridge', 'af-xdp', 'ovs-dpdk'];
/** What the curves run over, and what runs in the guests. A guest's own core would hide what cores and flows do. */
const CURVES = [
  { title: 'over packet size, guests with sockets', axis: 'sizeBytes', input: {} },
  { title: 'over packet size, guests that forward', axis: 'sizeBytes', input: { guest: 'forwarder' } },
  { title: 'over packet size, guests not counted', axis: 'sizeBytes', input: { guest: 'none' } },
  {
    title: '64 B frames over flows on 8 cores',
    axis: 'flows',
    input: { sizeBytes: 64, cores: 8, guestCores: 8, guest: 'none' },
  },
  { title: '64 B frames over cores, 1,000 flows', axis: 'cores', input: { sizeBytes: 64, flows: 1000, guest: 'none' } },
] as const satisfies readonly { title: string; axis: Axis; input: Partial<PathCostInput> }[];
type CurveChoice = (typeof CURVES)[number];

const LOAD_BUCKETS = 120;
const CURVE_PX = 148;

const Load = () => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { from, to } = desk.range.value;
  const { value, failure } = useLatest(
    'network.load',
    from < to ? { timeline, from: Math.round(from), to: Math.round(to), buckets: LOAD_BUCKETS, style: 'master' } : null,
    timeline,
  );
  return (
    <div class="fill">
      {failure !== null && <p class="failure pad">{failure.sentence}</p>}
      {value !== null && (
        <LoadBars load={value} cursorMs={desk.player.at.value.at} onSeek={(at) => desk.goTo({ at, seq: null })} />
      )}
    </div>
  );
};

/** A full frame of the network, over the datapath chosen; a sentence where the two VMs have no path. */
const inputFor = (state: ClusterState, from: string, to: string, datapath: ProfileName) => {
  const path = vmPath(state, from, to);
  if (!path.ok) return path;
  const { fromHost, toHost, encapsulation, guestMtu, underlayMtu } = path.value;
  const sizeBytes = guestMtu + ETHERNET_BYTES + FCS_BYTES;
  const input: PathCostInput = {
    ...STANDARD_PATH,
    from: fromHost,
    to: toHost,
    encapsulation,
    guestMtu,
    underlayMtu,
    sizeBytes,
    datapath,
  };
  return { ok: true, value: { path: path.value, input } } as const;
};

const Cost = ({
  state,
  from,
  to,
  shows,
  datapath,
  curve,
}: {
  readonly curve: CurveChoice;
  readonly state: ClusterState;
  readonly from: string;
  readonly to: string;
  readonly shows: 'cost' | 'curves';
  readonly datapath: ProfileName;
}) => {
  const asked = useMemo(() => inputFor(state, from, to, datapath), [state, from, to, datapath]);
  const cost = useMemo(() => (asked.ok ? pathCost(asked.value.input) : null), [asked]);
  const option = useMemo(
    () =>
      asked.ok
        ? throughputOption(
            curves({ ...asked.value.input, ...curve.input }, curve.axis, [...new Set([datapath, ...COMPARED])]),
            datapath,
            curve.axis,
            asked.value.input[curve.axis],
          )
        : null,
    [asked, datapath, curve],
  );
  if (!asked.ok) return <p class="empty pad">{asked.error}</p>;
  if (cost === null || option === null) return null;
  const { path, input } = asked.value;
  const { latency } = cost;
  const limit =
    cost.bottleneck.host === null ? cost.bottleneck.context : `${cost.bottleneck.context} on ${cost.bottleneck.host}`;
  const kinds = [...Map.groupBy(cost.stages, (s) => s.basis)]
    .map(([basis, all]) => `${all.length} ${basis}`)
    .join(', ');
  return (
    <div class="fill path-cost" data-testid="path-cost">
      {shows === 'cost' ? (
        <Waterfall cost={cost} from={path.fromHost} to={path.toHost} />
      ) : (
        <Chart label={`Throughput ${curve.title}, by datapath`} height={CURVE_PX} option={option} />
      )}
      <p>
        {shows === 'cost' && (
          <>
            <b>
              {latency.us.toFixed(1)} µs one way · {cost.mppsMax.toFixed(2)} Mpps · {cost.gbpsMax.toFixed(2)} Gbit/s
            </b>{' '}
            limited by {limit}
            <br />
          </>
        )}
        <span class="muted">
          {shows === 'cost'
            ? `${count(input.sizeBytes)} B frames, ${input.clockGhz} GHz, one core; latency at ${Math.round(input.loadShare * 100)} % of that rate. Stages: ${kinds}.`
            : `${input.clockGhz} GHz cores, ${input.linkGbps} Gbit/s between the hosts, nothing offloaded.`}
        </span>
      </p>
    </div>
  );
};

export const NetworkCost = ({ state, from, to }: Props) => {
  const [shows, setShows] = useState<Shows>('cost');
  const [datapath, setDatapath] = useState<ProfileName>('kernel-ovs');
  const [curve, setCurve] = useState<CurveChoice>(CURVES[0]);
  return (
    <div class="card" data-testid="network-cost">
      <h2>
        <Segments
          label="What is shown of cost"
          value={shows}
          choices={[
            ['cost', 'Cost'],
            ['curves', 'Curves'],
            ['traffic', 'Traffic'],
            ['load', 'FDB load'],
          ]}
          onChoose={setShows}
        />
        {shows !== 'load' && (
          <select
            aria-label="Datapath"
            value={datapath}
            onChange={(e) => setDatapath(PROFILE_NAMES.find((d) => d === e.currentTarget.value) ?? 'kernel-ovs')}
          >
            {PROFILE_NAMES.map((d) => (
              <option key={d} value={d}>
                {PROFILES[d].title}
              </option>
            ))}
          </select>
        )}
      </h2>
      {shows === 'curves' && (
        <p class="pad">
          <select
            aria-label="What the curves run over"
            value={curve.title}
            onChange={(e) => setCurve(CURVES.find((c) => c.title === e.currentTarget.value) ?? CURVES[0])}
          >
            {CURVES.map((c) => (
              <option key={c.title} value={c.title}>
                {c.title}
              </option>
            ))}
          </select>
        </p>
      )}
      {shows === 'load' && <Load />}
      {shows === 'traffic' && <NetworkTraffic datapath={datapath} />}
      {(shows === 'cost' || shows === 'curves') &&
        (state === null || from === null || to === null ? (
          <p class="empty pad">Two VMs are needed: choose a network with two of them.</p>
        ) : (
          <Cost state={state} from={from} to={to} shows={shows} datapath={datapath} curve={curve} />
        ))}
    </div>
  );
};
