// The pictures and tables a person sees in the stage, by the heading they stand under, and each as a file.

export type Shown = { readonly name: string } & (
  | { readonly kind: 'picture'; readonly canvases: readonly HTMLCanvasElement[] }
  | { readonly kind: 'table'; readonly table: HTMLTableElement }
);

const words = (element: Element | null): string => (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();

/** The first words of a card's heading, without its small print and controls. */
const headingOf = (card: Element, place: string): string => {
  const heading = card.querySelector('h2')?.cloneNode(true) as Element | undefined;
  for (const extra of heading?.querySelectorAll('small, button, select, label, [role=radiogroup]') ?? [])
    extra.remove();
  return words(heading ?? null) || place;
};

const isSeen = (element: Element): boolean => element.getClientRects().length > 0;

/** What is on show, cards from top to bottom; a card with several canvases that lie over each other is one picture. */
export const onShow = (stage: Element): readonly Shown[] => {
  const place = words(stage.querySelector('h1'));
  const cards = [...stage.querySelectorAll('.card')].filter((c) => c.parentElement?.closest('.card') === null);
  const parts = cards.length === 0 ? [stage] : cards;
  const loose = [...stage.querySelectorAll('canvas')].filter((c) => c.closest('.card') === null);
  const canvasesIn = (part: Element) => [...part.querySelectorAll('canvas')].filter(isSeen);
  return [
    ...(cards.length > 0 && loose.length > 0 ? [{ name: place, kind: 'picture', canvases: loose } as const] : []),
    ...parts.flatMap((part): readonly Shown[] => {
      const name = headingOf(part, place);
      const canvases = canvasesIn(part);
      const tables = [...part.querySelectorAll('table')].filter((t) => isSeen(t) && t.closest('.mirror') === null);
      return [
        ...(canvases.length === 0 ? [] : [{ name, kind: 'picture', canvases } as const]),
        ...tables.map((table) => ({ name, kind: 'table', table }) as const),
      ];
    }),
  ];
};

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** RFC 4180, as the table is read: its head, then every row on show. */
export const csvOf = (table: HTMLTableElement): string =>
  [...table.rows].map((row) => [...row.cells].map((c) => cell(words(c))).join(',')).join('\r\n') + '\r\n';

/** The canvases as one PNG, at device pixels, each where it stands, on the card's own ground. */
export const pngOf = async (canvases: readonly HTMLCanvasElement[]): Promise<Blob | null> => {
  const boxes = canvases.map((canvas) => ({ canvas, box: canvas.getBoundingClientRect() }));
  const left = Math.min(...boxes.map(({ box }) => box.left));
  const top = Math.min(...boxes.map(({ box }) => box.top));
  const right = Math.max(...boxes.map(({ box }) => box.right));
  const bottom = Math.max(...boxes.map(({ box }) => box.bottom));
  const ratio = window.devicePixelRatio;
  const sheet = document.createElement('canvas');
  sheet.width = Math.round((right - left) * ratio);
  sheet.height = Math.round((bottom - top) * ratio);
  const ctx = sheet.getContext('2d');
  if (ctx === null) return null;
  ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface');
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.scale(ratio, ratio);
  for (const { canvas, box } of boxes) ctx.drawImage(canvas, box.left - left, box.top - top, box.width, box.height);
  return new Promise((resolve) => sheet.toBlob(resolve, 'image/png'));
};
