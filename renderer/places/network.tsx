// Network: full mesh against l2population, a host's flow tables, a packet on its way, and what the control plane pays.
import { useEffect } from 'preact/hooks';
import type { NetworkOverview, OverviewNetwork } from '../../domain/network/overview.ts';
import { DEFAULT_IP_BYTES } from '../../domain/network/trace-answer.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { chooseEnds, type End, endsOn } from '../session/network-view.ts';
import { useLatest } from '../session/use-latest.ts';
import { plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { TunnelMap } from '../surfaces/tunnel-map.tsx';
import { NetworkCost } from './network-cost.tsx';
import { NetworkFigures } from './network-figures.tsx';
import { NetworkFlows } from './network-flows.tsx';
import { VtepTable } from './vtep-table.tsx';

const LINT_WORDS: Readonly<Record<string, readonly [string, string]>> = {
  'stale-binding': ['stale port binding', 'stale port bindings'],
  'one-way-tunnel': ['one-way tunnel', 'one-way tunnels'],
  'duplicate-vtep': ['duplicate VTEP address', 'duplicate VTEP addresses'],
  'segment-reused': ['segment used twice', 'segments used twice'],
  'mtu-too-small': ['MTU too small', 'MTUs too small'],
  'segment-mismatch': ['wrong segment', 'wrong segments'],
  'vxlan-port-mismatch': ['other UDP port', 'other UDP ports'],
  'stale-fdb': ['stale forwarding entry', 'stale forwarding entries'],
  'missing-fdb': ['missing forwarding entry', 'missing forwarding entries'],
  'missing-flood': ['broadcast cut short', 'broadcasts cut short'],
  'over-flooding': ['broadcast sent too far', 'broadcasts sent too far'],
  'flows-differ': ['other flow table', 'other flow tables'],
};

const Lints = ({ overview }: { readonly overview: NetworkOverview }) => {
  const byCode = Map.groupBy(overview.lints, (l) => l.code);
  return (
    <>
      {[...byCode].slice(0, 3).map(([code, all]) => {
        const [one, many] = LINT_WORDS[code] ?? [code, code];
        return (
          <span
            class="badge wrn"
            key={code}
            title={all
              .slice(0, 12)
              .map((l) => l.detail)
              .join('\n')}
          >
            <Glyph name="up" />
            {plural(all.length, one, many)}
          </span>
        );
      })}
    </>
  );
};

/** The network to light: what was chosen, else that of the selected VM, else the last one, unless the selected host lacks it. */
const litNetwork = (
  overview: NetworkOverview,
  wish: {
    readonly chosen: string | null;
    readonly ofVm: string | null;
    readonly last: string | null;
    readonly host: string | null;
  },
): OverviewNetwork | null => {
  const bySize = overview.networks.toSorted((a, b) => b.hosts.length - a.hosts.length);
  const host = overview.hosts.findIndex((h) => h.name === wish.host);
  const here = host < 0 ? bySize : bySize.filter((n) => n.hosts.includes(host));
  const named = [wish.chosen, wish.ofVm].map((id) => bySize.find((n) => n.id === id)).find((n) => n !== undefined);
  return named ?? here.find((n) => n.id === wish.last) ?? here[0] ?? bySize[0] ?? null;
};

/** Follows the packet and leaves its way where map, tables and inspector look for it. */
const useTrace = (from: End | null, to: End | null): void => {
  const desk = useDesk();
  const view = desk.overlay;
  const probe = view.probe.value;
  const target = to?.port.ips.find((ip) => !ip.includes(':')) ?? '';
  const packet = probe === 'echo' ? null : probe === 'arp' ? `arp,arp_op=1,arp_tpa=${target}` : view.packet.value;
  const asks = from !== null && (probe === 'own' ? packet !== '' : to !== null);
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'network.trace',
    asks
      ? {
          timeline,
          at: desk.player.settled.value,
          from: from.vm.id,
          to: probe === 'echo' ? (to?.vm.id ?? null) : null,
          packet,
          mode: 'l2pop-arp',
          style: 'master',
          faults: [],
          ipBytes: DEFAULT_IP_BYTES,
        }
      : null,
    `${timeline}/${from?.vm.id}/${to?.vm.id}/${packet}`,
  );
  useEffect(() => {
    view.trace.value = value;
    view.traceFailure.value = failure?.sentence ?? null;
    const step = view.step.peek();
    if (step !== null && step >= (value?.steps.length ?? 0)) view.step.value = null;
  }, [view, value, failure]);
};

const Body = ({ overview }: { readonly overview: NetworkOverview }) => {
  const desk = useDesk();
  const view = desk.overlay;
  const state = desk.states.value.value;
  const selection = desk.selection.value;
  const selectedVm = selection?.startsWith('vm:') === true ? selection.slice(3) : null;
  const ofVm = state?.ports.find((p) => p.vm !== null && p.vm === (view.from.value ?? selectedVm))?.network ?? null;
  const chosen = selection?.startsWith('host:') === true ? selection.slice(5) : null;
  const last = view.shown.peek()?.network?.id ?? null;
  const network = litNetwork(overview, { chosen: view.network.value, ofVm, last, host: chosen });
  const ends = state === null || network === null ? [] : endsOn(state, network);
  const { from, to } = chooseEnds(ends, { from: view.from.value, to: view.to.value, selection });
  useTrace(from, to);
  const [fromVm, toVm] = [from?.vm.id ?? null, to?.vm.id ?? null];
  useEffect(() => {
    view.shown.value = { overview, network, from: fromVm, to: toVm };
  }, [view, overview, network, fromVm, toVm]);
  const trace = view.trace.value;
  const step = view.step.value;
  const names = overview.hosts.map((h) => h.name);
  const stands = step === null ? null : (trace?.steps[step]?.host ?? null);
  const host =
    [stands, chosen, from?.port.host ?? null].find((h) => h !== null && names.includes(h)) ?? names[0] ?? null;
  const pick = (name: string): void => {
    view.step.value = null;
    desk.select(`host:${name}`);
  };
  const map = { overview, network, selected: host, trace, step, onPick: pick };
  const shows = view.shows.value;
  if (view.asTable.value) return <VtepTable overview={overview} />;
  return (
    <div class="network-grid">
      <div class={`card tunnel-card ${shows}`} data-testid="tunnel-card">
        {shows !== 'l2pop' && (
          <figure>
            <figcaption>Full mesh</figcaption>
            <TunnelMap {...map} shows="mesh" />
          </figure>
        )}
        <NetworkFigures overview={overview} network={network} />
        {shows !== 'mesh' && (
          <figure>
            <figcaption>l2pop with ARP responder</figcaption>
            <TunnelMap {...map} shows="l2pop" />
          </figure>
        )}
      </div>
      {host !== null && <NetworkFlows host={host} hosts={names} network={network} />}
      <NetworkCost state={state} from={fromVm} to={toVm} />
    </div>
  );
};

export const NetworkPlace = () => {
  const desk = useDesk();
  const view = desk.overlay;
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'network.overview',
    { timeline, at: desk.player.settled.value, style: 'master' },
    timeline,
  );
  const lit = view.shown.value?.network ?? null;
  const types = [...new Set(value?.networks.map((n) => n.type))].map((t) => t.toUpperCase()).join(', ');
  return (
    <>
      <div class="top">
        <h1>Network</h1>
        <Segments
          label="What the map compares"
          value={view.shows.value}
          choices={[
            ['mesh', 'Full mesh'],
            ['compare', 'Compare'],
            ['l2pop', 'l2pop'],
          ]}
          onChoose={(s) => (view.shows.value = s)}
        />
        <Segments
          label="How the tunnels are shown"
          value={view.asTable.value ? 'table' : 'map'}
          choices={[
            ['map', 'Map'],
            ['table', 'Table'],
          ]}
          onChoose={(s) => (view.asTable.value = s === 'table')}
        />
        {value !== null && (
          <p class="figures drop-narrow">
            {value.moving > 0 && <span>{plural(value.moving, 'port')} moving</span>}
            <span>{types}</span>
            <span>{plural(value.hosts.length, 'VTEP')}</span>
            <span>{plural(value.networks.length, 'network')}</span>
          </p>
        )}
        {value !== null && <Lints overview={value} />}
        {value !== null && value.assumptions.length > 0 && (
          <span class="badge doubt" title={value.assumptions.join('\n')}>
            {plural(value.assumptions.length, 'assumption')}
          </span>
        )}
        {value !== null && lit !== null && (
          <select
            aria-label="Lit network"
            value={lit.id}
            onChange={(e) => {
              view.network.value = e.currentTarget.value;
              view.step.value = null;
            }}
          >
            {value.networks.map((n) => (
              <option key={n.id} value={n.id}>
                {n.name}
                {n.segmentationId === null ? '' : ` · ${n.type === 'vlan' ? 'VLAN' : 'VNI'} ${n.segmentationId}`}
              </option>
            ))}
          </select>
        )}
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {value !== null && value.hosts.length === 0 && (
        <p class="empty">
          No host is recorded up to this instant, so there is no overlay. Move the cursor on, or import a log.
        </p>
      )}
      {value !== null && value.hosts.length > 0 && <Body overview={value} />}
    </>
  );
};
