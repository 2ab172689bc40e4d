// The board of a plan as a surface: a grid of verdicts and moves for eyes, pointer and keys, said in words in the DOM.
import { useCallback, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { LinkLoad } from '../../domain/planning/link-load.ts';
import type { BlockerMatrix } from '../../domain/planning/matrix.ts';
import type { Plan } from '../../domain/planning/plan.ts';
import { Canvas, useBox, usePalette, type Paint } from './canvas.tsx';
import { type BoardView, paintHead, paintLoad, paintRows } from './plan-board-paint.ts';
import { busiest, layoutBoard } from './plan-board-layout.ts';
import { cellReasons, cellSentence, cellTitle, moveSentence, rowSentence } from './plan-board-words.ts';

type Props = {
  readonly matrix: BlockerMatrix;
  readonly plan: Plan | null;
  /** False: every destination, and no time axis. */
  readonly showsTime: boolean;
  readonly loads: readonly LinkLoad[];
  /** What an adapter carries. */
  readonly capacity: { readonly bytesPerS: number; readonly label: string };
  readonly selected: string | null;
  readonly onPick: (entity: string) => void;
};

type Focus = { readonly row: number; readonly column: number };
type Tip = { readonly x: number; readonly y: number; readonly title: string; readonly lines: readonly string[] };

const HEAD_PX = 36;
const LOAD_PX = 78;
const TIP_PX = 330;
const MOST_LINES = 4;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export const PlanBoard = ({ matrix, plan, showsTime, loads, capacity, selected, onPick }: Props) => {
  const ref = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const box = useBox(body);
  const palette = usePalette();
  const id = useId();
  const [focus, setFocus] = useState<Focus | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const layout = useMemo(() => layoutBoard({ matrix, plan, showsTime, ...box }), [matrix, plan, showsTime, box]);
  const load = busiest(loads);
  const view = useMemo<BoardView>(
    () => ({ selected, focus, lowerBoundMs: plan?.lowerBoundMs ?? null, makespanMs: plan?.makespanMs ?? null }),
    [selected, focus, plan],
  );
  const rows = useCallback<Paint>(
    (ctx) => paintRows(ctx, palette, layout, box.width, view),
    [palette, layout, box.width, view],
  );
  const head = useCallback<Paint>((ctx) => paintHead(ctx, palette, layout, HEAD_PX, view), [palette, layout, view]);
  const foot = useCallback<Paint>(
    (ctx, size) => {
      if (load !== null) paintLoad(ctx, palette, layout, size, load, capacity, view);
    },
    [palette, layout, load, capacity, view],
  );
  const rowsBox = useMemo(() => ({ width: box.width, height: layout.height }), [box.width, layout.height]);
  const headBox = useMemo(() => ({ width: box.width, height: HEAD_PX }), [box.width]);
  const footBox = useMemo(() => ({ width: box.width, height: LOAD_PX }), [box.width]);

  /** What stands at a place of the board: why a cell says no, or what a row's move is. */
  const tell = (at: Focus, x: number, y: number): Tip | null => {
    const row = layout.rows[at.row];
    if (row === undefined) return null;
    const column = layout.columns[at.column];
    if (column === undefined) {
      const lines =
        row.stays !== null ? [`stays: ${row.stays}`] : row.moves.flatMap((m) => [moveSentence(m), m.because]);
      return lines.length === 0 ? null : { x, y, title: row.vm.name, lines };
    }
    const lines = cellReasons(matrix, row, column.host).map(
      (f) => `${f.code}: ${f.detail}${f.fix === null ? '' : `. Fix: ${f.fix}`}`,
    );
    return { x, y, title: cellTitle(matrix, row, column.host), lines: lines.slice(0, MOST_LINES) };
  };
  const placeAt = (e: PointerEvent): { readonly at: Focus; readonly x: number; readonly y: number } => {
    const rect = body.current?.getBoundingClientRect();
    const x = e.clientX - (rect?.left ?? 0);
    const y = e.clientY - (rect?.top ?? 0) + (body.current?.scrollTop ?? 0);
    const row = layout.rows.findIndex((r) => y >= r.y && y < r.y + r.h);
    return { at: { row, column: layout.columns.findIndex((c) => x >= c.x && x < c.x + c.w) }, x, y };
  };
  const pick = (row: number): void => {
    const found = layout.rows[row];
    if (found !== undefined) onPick(`vm:${found.vm.id}`);
  };
  const key = (e: KeyboardEvent): void => {
    const step = STEPS[e.key];
    if (e.ctrlKey || e.metaKey || e.altKey || (step === undefined && e.key !== 'Enter')) return;
    e.preventDefault();
    e.stopPropagation();
    if (step === undefined) return pick(focus?.row ?? 0);
    const now = focus ?? { row: step[0] > 0 ? -1 : 0, column: -1 };
    const row = Math.max(0, Math.min(layout.rows.length - 1, now.row + step[0]));
    const column = Math.max(-1, Math.min(layout.columns.length - 1, now.column + step[1]));
    setFocus({ row, column });
    const found = layout.rows[row];
    if (found === undefined) return;
    body.current?.scrollTo({ top: Math.max(0, found.y - box.height / 2) });
    setTip(tell({ row, column }, layout.columns[column]?.x ?? layout.left, found.y + found.h));
  };
  const cellId = (row: number, column: number): string => `${id}-${row}-${column}`;
  const tipTop = tip === null ? 0 : Math.max(0, Math.min(tip.y + 10, layout.height - 40 - tip.lines.length * 34));
  return (
    <div
      ref={ref}
      class="surface plan-board"
      tabIndex={0}
      role="grid"
      aria-label={showsTime ? 'Who can move where, and when' : 'Who can move where'}
      aria-activedescendant={focus === null ? undefined : cellId(focus.row, focus.column)}
      onKeyDown={key}
      onBlur={() => {
        setFocus(null);
        setTip(null);
      }}
      data-surface="plan"
    >
      <div style={{ height: `${HEAD_PX}px` }}>
        <Canvas box={headBox} paint={head} />
      </div>
      <div
        ref={body}
        class="board-rows"
        onPointerDown={(e) => pick(placeAt(e).at.row)}
        onPointerMove={(e) => {
          const { at, x, y } = placeAt(e);
          setTip(tell(at, x, y));
        }}
        onPointerLeave={() => setTip(null)}
      >
        <Canvas box={rowsBox} paint={rows} />
        <div class="mirror">
          {layout.rows.map((row, r) => (
            <div role="row" key={row.vm.id}>
              <span
                role="rowheader"
                id={cellId(r, -1)}
                data-entity={`vm:${row.vm.id}`}
                data-stays={row.stays !== null}
                aria-selected={selected === `vm:${row.vm.id}`}
              >
                {rowSentence(row)}
              </span>
              {row.cells.map((cell, c) => (
                <span
                  role="gridcell"
                  id={cellId(r, c)}
                  key={cell.host}
                  data-verdict={cell.verdict}
                  data-chosen={cell.chosen}
                >
                  {cellSentence(matrix, row, cell.host)}
                </span>
              ))}
            </div>
          ))}
        </div>
        {tip !== null && (
          <div
            class="tooltip reasons-tip"
            aria-hidden="true"
            style={{
              left: `${Math.max(0, Math.min(tip.x + 12, box.width - TIP_PX - 4))}px`,
              top: `${tipTop}px`,
              width: `${TIP_PX}px`,
            }}
          >
            <b>{tip.title}</b>
            {tip.lines.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </div>
        )}
      </div>
      {load !== null && showsTime && (
        <div class="board-load" style={{ height: `${LOAD_PX}px` }}>
          <Canvas box={footBox} paint={foot} />
          <p>
            <b>Link load</b>
            <span class="muted">
              {load.host}, {load.direction === 'out' ? 'what it sends' : 'what it receives'}
            </span>
          </p>
        </div>
      )}
    </div>
  );
};
