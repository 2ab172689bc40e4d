// Recovery lanes as a surface: pointer and keys choose a VM, a listbox in the DOM says every lane in words.
import { useCallback, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { VmOutcome } from '../../domain/drill/outcome.ts';
import { duration } from '../../domain/readout/words.ts';
import { Canvas, useBox, usePalette, type Paint } from './canvas.tsx';
import { layoutLanes } from './lanes-layout.ts';
import { paintLanes } from './lanes-paint.ts';

type Props = {
  readonly vms: readonly VmOutcome[];
  readonly selected: string | null;
  /** ms after the fault. */
  readonly cursorMs: number;
  readonly onPick: (entity: string) => void;
};

const sentence = (v: VmOutcome): string =>
  `${v.name}, ${v.outcome}${v.dest === null ? '' : ` on ${v.dest}`}${v.downMs === null ? '' : `, down for ${duration(v.downMs)}`}: ${v.cause}`;

export const Lanes = ({ vms, selected, cursorMs, onPick }: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const box = useBox(ref);
  const palette = usePalette();
  const id = useId();
  const [focus, setFocus] = useState<number | null>(null);
  const layout = useMemo(() => layoutLanes(vms, box), [vms, box]);
  const view = useMemo(() => ({ selected, focused: focus, cursorMs }), [selected, focus, cursorMs]);
  const canvasBox = useMemo(() => ({ width: box.width, height: layout.height }), [box.width, layout.height]);
  const paint = useCallback<Paint>(
    (ctx) => paintLanes(ctx, palette, layout, box.width, view),
    [palette, layout, box.width, view],
  );
  const pick = (i: number): void => {
    const lane = layout.lanes[i];
    if (lane !== undefined) onPick(`vm:${lane.vm.vm}`);
  };
  const press = (e: PointerEvent): void => {
    const top = ref.current?.getBoundingClientRect().top ?? 0;
    const y = e.clientY - top + (ref.current?.scrollTop ?? 0);
    pick(layout.lanes.findIndex((lane) => y >= lane.y && y < lane.y + lane.h));
  };
  const key = (e: KeyboardEvent): void => {
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 && e.key !== 'Enter') return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Enter') return pick(focus ?? 0);
    const next = Math.max(0, Math.min(layout.lanes.length - 1, (focus ?? -1) + step));
    setFocus(next);
    const lane = layout.lanes[next];
    if (lane !== undefined) ref.current?.scrollTo({ top: Math.max(0, lane.y - box.height / 2) });
  };
  return (
    <div
      ref={ref}
      class="surface lanes"
      tabIndex={0}
      role="listbox"
      aria-label="Recovery lanes"
      aria-activedescendant={focus === null ? undefined : `${id}-${focus}`}
      onPointerDown={press}
      onKeyDown={key}
      onBlur={() => setFocus(null)}
      data-surface="lanes"
    >
      <Canvas box={canvasBox} paint={paint} />
      <div class="mirror">
        {layout.lanes.map((lane, i) => (
          <span
            role="option"
            id={`${id}-${i}`}
            key={lane.vm.vm}
            aria-selected={selected === `vm:${lane.vm.vm}`}
            data-outcome={lane.vm.outcome}
          >
            {sentence(lane.vm)}
          </span>
        ))}
      </div>
    </div>
  );
};
