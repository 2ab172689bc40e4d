// The cluster map: a canvas for eyes and pointer, a grid in the DOM for screen readers, keys and tests.
import { useCallback, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Picture } from '../../domain/readout/picture-types.ts';
import type { Measure } from '../session/desk.ts';
import { Canvas, useBox, usePalette, type Paint } from './canvas.tsx';
import { hitMap, layoutMap, neighbour, type Hit, type TileBox } from './map-layout.ts';
import { paintMap } from './map-paint.ts';
import { hostRows, hostSentence, mapSentence, vmRows, vmSentence } from './map-words.ts';
import { Tooltip, type Tip } from './tooltip.tsx';

export type MapProps = {
  readonly picture: Picture;
  readonly measure: Measure;
  readonly groupBy: 'rack' | 'az';
  readonly selected: string | null;
  readonly faults: readonly string[];
  readonly changed?: ReadonlySet<string>;
  /** Pools and legend below the tiles. */
  readonly extras?: boolean;
  /** Clicking (or Enter) on a host or VM. */
  readonly onPick: (entity: string) => void;
  readonly label?: string;
};

const NONE: ReadonlySet<string> = new Set();

/** Which tile, and which of its VMs, has the keyboard focus. */
type Focus = { readonly host: string; readonly vm: number | null };

const addressOf = (hit: Hit): string => (hit.cell === null ? `host:${hit.tile.host.name}` : `vm:${hit.cell.vm.id}`);

const focusAddress = (tile: TileBox, vm: number | null): string => {
  const cell = vm === null ? undefined : tile.cells[vm];
  return cell === undefined ? `host:${tile.host.name}` : `vm:${cell.vm.id}`;
};

export const ClusterMap = (props: MapProps) => {
  const { picture, measure, groupBy, selected, faults, changed = NONE, extras = true, onPick } = props;
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const id = useId();
  const [tip, setTip] = useState<Tip | null>(null);
  const [focus, setFocus] = useState<Focus | null>(null);
  const [hasFocus, setHasFocus] = useState(false);

  const layout = useMemo(
    () => layoutMap(picture, { width: box.width, height: box.height, groupBy, extras }),
    [picture, box, groupBy, extras],
  );
  const focusTile = layout.tiles.find((t) => t.host.name === focus?.host) ?? layout.tiles[0] ?? null;
  const focused = hasFocus && focusTile !== null ? focusAddress(focusTile, focus?.vm ?? null) : null;
  const view = useMemo(
    () => ({ measure, selected, focused, faults: new Set(faults), changed }),
    [measure, selected, focused, faults, changed],
  );
  const canvasBox = useMemo(() => ({ width: box.width, height: layout.height }), [box.width, layout.height]);
  const paint = useCallback<Paint>(
    (ctx) => paintMap(ctx, palette, layout, picture, view, box.width),
    [palette, layout, picture, view, box.width],
  );

  const at = (e: PointerEvent): { x: number; y: number } => {
    const rect = ref.current?.getBoundingClientRect();
    return { x: e.clientX - (rect?.left ?? 0), y: e.clientY - (rect?.top ?? 0) + (ref.current?.scrollTop ?? 0) };
  };
  const hover = (e: PointerEvent): void => {
    const p = at(e);
    const hit = hitMap(layout, p.x, p.y);
    if (hit === null) return setTip(null);
    const { tile, cell } = hit;
    setTip(
      cell === null
        ? { ...p, title: tile.host.name, rows: hostRows(tile.host) }
        : { ...p, title: cell.vm.name, rows: vmRows(cell.vm, tile.host.name) },
    );
  };
  const press = (e: PointerEvent): void => {
    const p = at(e);
    const hit = hitMap(layout, p.x, p.y);
    if (hit === null) return;
    const vm = hit.cell === null ? null : hit.tile.cells.indexOf(hit.cell);
    setFocus({ host: hit.tile.host.name, vm });
    onPick(addressOf(hit));
  };
  const key = (e: KeyboardEvent): void => {
    if (focusTile === null || e.ctrlKey || e.metaKey || e.altKey) return;
    const vm = focus?.vm ?? null;
    const take = (next: Focus): void => {
      setFocus(next);
      e.preventDefault();
      e.stopPropagation();
    };
    if (e.key.startsWith('Arrow')) {
      if (vm === null) return take({ host: neighbour(layout, focusTile, e.key).host.name, vm: null });
      const step = e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? -1 : 1;
      return take({ host: focusTile.host.name, vm: Math.max(0, Math.min(focusTile.cells.length - 1, vm + step)) });
    }
    if (e.key === 'Enter' && focused !== null) {
      // Enter opens the host; Enter again goes on into its VMs.
      const deeper = vm === null && selected === focused && focusTile.cells.length > 0;
      const next = deeper ? 0 : vm;
      take({ host: focusTile.host.name, vm: next });
      return onPick(focusAddress(focusTile, next));
    }
    if (e.key === 'Escape' && vm !== null) take({ host: focusTile.host.name, vm: null });
  };

  const rows = [...Map.groupBy(layout.tiles, (t) => t.row).values()];
  const cellId = (address: string): string => `${id}-${address}`;
  return (
    <div
      ref={ref}
      class="surface map"
      tabIndex={0}
      role="grid"
      aria-label={props.label ?? mapSentence(picture)}
      aria-activedescendant={focused === null ? undefined : cellId(focused)}
      onPointerMove={hover}
      onPointerLeave={() => setTip(null)}
      onPointerDown={press}
      onFocus={() => setHasFocus(ref.current?.matches(':focus-visible') ?? false)}
      onBlur={() => setHasFocus(false)}
      onKeyDown={(e) => {
        setHasFocus(true);
        key(e);
      }}
      data-surface="map"
    >
      <Canvas box={canvasBox} paint={paint} />
      <div class="mirror">
        {rows.map((tiles) => (
          <div role="row" key={tiles[0]?.host.name}>
            {tiles.map((t) => {
              const address = `host:${t.host.name}`;
              return (
                <span
                  role="gridcell"
                  id={cellId(address)}
                  key={address}
                  data-entity={address}
                  aria-selected={selected === address}
                >
                  {hostSentence(t.host)}
                  {t === focusTile &&
                    t.cells.map((c) => (
                      <span id={cellId(`vm:${c.vm.id}`)} key={c.vm.id} data-entity={`vm:${c.vm.id}`}>
                        {vmSentence(c.vm, t.host.name)}
                      </span>
                    ))}
                </span>
              );
            })}
          </div>
        ))}
      </div>
      {tip !== null && <Tooltip tip={tip} box={canvasBox} />}
    </div>
  );
};
