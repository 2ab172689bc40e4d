// What the traced packet costs: a waterfall of its stages, throughput over packet size, or what the control plane pays.
import { useMemo, useState } from 'preact/hooks';
import { curves } from '../../domain/datapath/curves.ts';
import { ETHERNET_BYTES, FCS_BYTES } from '../../domain/datapath/frame.ts';
import { pathCost, type PathCostInput } from '../../domain/datapath/path-cost.ts';
import { GUEST_KINDS, type GuestKind } from '../../domain/datapath/path.ts';
import { PROFILES, type ProfileName } from '../../domain/datapath/profiles.ts';
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
import { Waterfall } from '../surfaces/waterfall.tsx';

type Props = { readonly state: ClusterState | null; readonly from: string | null; readonly to: string | null };
type Shows = 'cost' | 'curves' | 'load';

const COMPARED: readonly ProfileName[] = ['kernel-ovs', 'linux-bridge', 'af-xdp', 'ovs-dpdk'];
const GUEST_WORDS: Readonly<Record<GuestKind, string>> = {
  sockets: 'guests with sockets',
  forwarder: 'guests that forward',
  none: 'guests not counted',
};
const LOAD_BUCKETS = 120;
const CURVE_PX = 176;

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
const inputFor = (state: ClusterState, from: string, to: string, datapath: ProfileName, guest: GuestKind) => {
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
    guest,
  };
  return { ok: true, value: { path: path.value, input } } as const;
};

const Cost = ({
  state,
  from,
  to,
  shows,
  datapath,
  guest,
}: {
  readonly state: ClusterState;
  readonly from: string;
  readonly to: string;
  readonly shows: 'cost' | 'curves';
  readonly datapath: ProfileName;
  readonly guest: GuestKind;
}) => {
  const asked = useMemo(() => inputFor(state, from, to, datapath, guest), [state, from, to, datapath, guest]);
  const cost = useMemo(() => (asked.ok ? pathCost(asked.value.input) : null), [asked]);
  const option = useMemo(
    () =>
      asked.ok
        ? throughputOption(curves(asked.value.input, 'sizeBytes', COMPARED), datapath, asked.value.input.sizeBytes)
        : null,
    [asked, datapath],
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
        <Chart label="Throughput over packet size, by datapath" height={CURVE_PX} option={option} />
      )}
      <p>
        <b>
          {latency.us.toFixed(1)} µs one way · {cost.mppsMax.toFixed(2)} Mpps · {cost.gbpsMax.toFixed(2)} Gbit/s
        </b>{' '}
        limited by {limit}
        <br />
        <span class="muted">
          {count(input.sizeBytes)} B frames, {input.clockGhz} GHz, one core; latency at{' '}
          {Math.round(input.loadShare * 100)} % of that rate. Stages: {kinds}.
        </span>
      </p>
    </div>
  );
};

export const NetworkCost = ({ state, from, to }: Props) => {
  const [shows, setShows] = useState<Shows>('cost');
  const [datapath, setDatapath] = useState<ProfileName>('kernel-ovs');
  const [guest, setGuest] = useState<GuestKind>('sockets');
  return (
    <div class="card" data-testid="network-cost">
      <h2>
        <Segments
          label="What is shown of cost"
          value={shows}
          choices={[
            ['cost', 'Path cost'],
            ['curves', 'Curves'],
            ['load', 'FDB and floods'],
          ]}
          onChoose={setShows}
        />
        <span class="spring" />
        {shows === 'curves' && (
          <select
            aria-label="What runs in the guests"
            value={guest}
            onChange={(e) => setGuest(GUEST_KINDS.find((g) => g === e.currentTarget.value) ?? 'sockets')}
          >
            {GUEST_KINDS.map((g) => (
              <option key={g} value={g}>
                {GUEST_WORDS[g]}
              </option>
            ))}
          </select>
        )}
        {shows === 'cost' && (
          <select
            aria-label="Datapath"
            value={datapath}
            onChange={(e) => setDatapath(COMPARED.find((d) => d === e.currentTarget.value) ?? 'kernel-ovs')}
          >
            {COMPARED.map((d) => (
              <option key={d} value={d}>
                {PROFILES[d].title}
              </option>
            ))}
          </select>
        )}
      </h2>
      {shows === 'load' && <Load />}
      {shows !== 'load' &&
        (state === null || from === null || to === null ? (
          <p class="empty pad">Two VMs are needed: choose a network with two of them.</p>
        ) : (
          <Cost state={state} from={from} to={to} shows={shows} datapath={datapath} guest={guest} />
        ))}
    </div>
  );
};
