// A tooltip beside the pointer: title and at most six rows, kept inside the box it belongs to.
import type { Box } from './canvas.tsx';
import type { Row } from './map-words.ts';

const OFFSET = 12;
const WIDTH = 230;
const ROW_H = 18;

export type Tip = { readonly x: number; readonly y: number; readonly title: string; readonly rows: readonly Row[] };

export const Tooltip = ({ tip, box }: { readonly tip: Tip; readonly box: Box }) => {
  const height = 34 + tip.rows.length * ROW_H;
  const left = tip.x + OFFSET + WIDTH > box.width ? tip.x - OFFSET - WIDTH : tip.x + OFFSET;
  const top = Math.max(0, Math.min(tip.y + OFFSET, box.height - height));
  return (
    <div
      class="tooltip"
      style={{ left: `${Math.max(0, left)}px`, top: `${top}px`, width: `${WIDTH}px` }}
      aria-hidden="true"
    >
      <b>{tip.title}</b>
      <dl>
        {tip.rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
