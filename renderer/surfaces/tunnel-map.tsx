// The tunnel map: rings of VTEPs on a canvas, a listbox in the DOM that says every VTEP in words.
import { useCallback, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { NetworkOverview, OverviewHost, OverviewNetwork } from '../../domain/network/overview.ts';
import type { TraceAnswer } from '../../domain/network/trace-answer.ts';
import { count, plural } from '../../domain/readout/words.ts';
import { Canvas, type Paint, useBox, usePalette } from './canvas.tsx';
import { allPairs, hitRing, layoutRing, sharedPairs } from './tunnel-layout.ts';
import { paintRing, type RingView } from './tunnel-paint.ts';
import { type Tip, Tooltip } from './tooltip.tsx';

type Props = {
  readonly overview: NetworkOverview;
  readonly shows: 'mesh' | 'l2pop';
  readonly network: OverviewNetwork | null;
  /** Name of the host whose tables are shown. */
  readonly selected: string | null;
  readonly trace: TraceAnswer | null;
  readonly step: number | null;
  readonly onPick: (host: string) => void;
};

const MOST_LINES = 6_000; // more than that is a filled disc, and slow to say so
const REACH_PX = 14;
const EDGE_PX = 34; // room for rack names and glyphs
const LARGEST_R = 150;

export const tunnelsOf = (overview: NetworkOverview, i: number, shows: Props['shows']): number => {
  if (shows === 'mesh') return overview.hosts.length - 1;
  const met = new Set(overview.networks.filter((n) => n.hosts.includes(i)).flatMap((n) => n.hosts));
  return Math.max(0, met.size - 1);
};

const sentence = (h: OverviewHost, on: boolean, network: OverviewNetwork | null, tunnels: number): string =>
  `${h.name}, VTEP ${h.vtepIp}${h.state === 'up' ? '' : `, ${h.state}`}, ${plural(tunnels, 'tunnel')}, ${plural(h.ports, 'port')}` +
  (network === null ? '' : on ? `, on ${network.name}` : `, not on ${network.name}`);

export const TunnelMap = ({ overview, shows, network, selected, trace, step, onPick }: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const id = useId();
  const [focus, setFocus] = useState<number | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const { hosts } = overview;
  const ring = useMemo(() => {
    const r = Math.max(20, Math.min(LARGEST_R, Math.min(box.width, box.height) / 2 - EDGE_PX));
    return layoutRing(overview, { x: box.width / 2, y: box.height / 2 }, r);
  }, [overview, box]);
  const pairs = useMemo(
    () => (shows === 'mesh' ? allPairs(hosts.length, MOST_LINES) : sharedPairs(overview, MOST_LINES)),
    [overview, shows, hosts.length],
  );
  const view = useMemo((): RingView => {
    const place = new Map(hosts.map((h, i) => [h.name, i]));
    const here = step === null ? null : (trace?.steps[step]?.host ?? null);
    return {
      pairs,
      lit: new Set(shows === 'l2pop' ? (network?.hosts ?? []) : []),
      selected: place.get(selected ?? '') ?? null,
      focused: focus,
      hops:
        shows === 'mesh'
          ? []
          : (trace?.hops ?? []).flatMap((h) => {
              const [from, to] = [place.get(h.from), place.get(h.to ?? '')];
              if (from === undefined || to === undefined) return [];
              return [{ from, to, lost: h.lost !== null, now: h.to === here }];
            }),
    };
  }, [hosts, pairs, shows, network, selected, focus, trace, step]);
  const paint = useCallback<Paint>(
    (ctx, { width }) => paintRing(ctx, palette, ring, view, width),
    [palette, ring, view],
  );

  const at = (e: PointerEvent) => {
    const rect = ref.current?.getBoundingClientRect();
    return { x: e.clientX - (rect?.left ?? 0), y: e.clientY - (rect?.top ?? 0) };
  };
  const hover = (e: PointerEvent): void => {
    const p = at(e);
    const hit = hitRing(ring, p.x, p.y, REACH_PX);
    const h = hit === null ? undefined : hosts[hit];
    if (hit === null || h === undefined) return setTip(null);
    setTip({
      ...p,
      title: h.name,
      rows: [
        ['VTEP', h.vtepIp],
        ['state', h.state],
        ['tunnels', count(tunnelsOf(overview, hit, shows))],
        ['ports', count(h.ports)],
        ...(network === null ? [] : [[network.name, network.hosts.includes(hit) ? 'here' : 'not here'] as const]),
      ],
    });
  };
  const pick = (i: number | null): void => {
    const h = i === null ? undefined : hosts[i];
    if (h !== undefined) onPick(h.name);
  };
  const key = (e: KeyboardEvent): void => {
    const step =
      e.key === 'ArrowRight' || e.key === 'ArrowDown' ? 1 : e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 && e.key !== 'Enter') return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Enter') return pick(focus);
    // Round the ring as it is drawn, not as the hosts are listed.
    const order = ring.points.map((p, i) => ({ i, angle: p.angle })).sort((a, b) => a.angle - b.angle);
    const now = order.findIndex((o) => o.i === (focus ?? view.selected));
    setFocus(order.at((now + step) % order.length)?.i ?? 0);
  };
  return (
    <div
      ref={ref}
      class="surface tunnel-map"
      tabIndex={0}
      role="listbox"
      aria-label={`${shows === 'mesh' ? 'Full mesh' : 'l2population'}: tunnels between ${plural(hosts.length, 'VTEP')}`}
      aria-activedescendant={focus === null ? undefined : `${id}-${focus}`}
      onPointerMove={hover}
      onPointerLeave={() => setTip(null)}
      onPointerDown={(e) => pick(hitRing(ring, at(e).x, at(e).y, REACH_PX))}
      onKeyDown={key}
      onBlur={() => setFocus(null)}
      data-surface={`tunnels-${shows}`}
    >
      <Canvas box={box} paint={paint} />
      <div class="mirror">
        {hosts.map((h, i) => (
          <span
            role="option"
            id={`${id}-${i}`}
            key={h.name}
            aria-selected={h.name === selected}
            data-entity={`host:${h.name}`}
          >
            {sentence(h, network?.hosts.includes(i) === true, network, tunnelsOf(overview, i, shows))}
          </span>
        ))}
      </div>
      {tip !== null && <Tooltip tip={tip} box={box} />}
    </div>
  );
};
