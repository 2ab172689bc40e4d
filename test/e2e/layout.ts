// What must be true of every picture: nothing wider than the window, no text over text or out of its box, no word cut without
// its whole beside, no card cut at its bottom, every title row one row.
import type { Page } from 'playwright';

type What = 'overflow' | 'overlap' | 'cut' | 'spill' | 'two rows';
export type Flaw = { readonly what: What; readonly where: string };

/** Looks at the page as it stands; an empty list is a sound picture. Canvases are judged by eye, not here. */
export const flaws = (page: Page): Promise<readonly Flaw[]> =>
  page.evaluate(() => {
    const SLACK = 1.5; // px; glyph boxes round up
    const ONE_ROW = 40; // px; a title row is 32
    const found: { what: What; where: string }[] = [];
    const name = (e: Element): string =>
      `${e.tagName.toLowerCase()}${e.className && typeof e.className === 'string' ? `.${e.className.trim().replaceAll(/\s+/g, '.')}` : ''} “${(e.textContent ?? '').trim().slice(0, 40)}”`;

    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push({ what: 'overflow', where: `the window: ${root.scrollWidth} px` });
    for (const region of document.querySelectorAll('[data-region]')) {
      if (region.scrollWidth > region.clientWidth + SLACK) found.push({ what: 'overflow', where: name(region) });
    }

    // Where an element may be seen: its box cut by every ancestor that hides what leaves it.
    const visible = (e: Element, box: DOMRect): { l: number; t: number; r: number; b: number } | null => {
      let { left: l, top: t, right: r, bottom: b } = box;
      for (let a: Element | null = e; a !== null; a = a.parentElement) {
        const style = getComputedStyle(a);
        if (style.visibility === 'hidden' || style.display === 'none') return null;
        if (a.matches('.mirror')) return null;
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const box = a.getBoundingClientRect();
        l = Math.max(l, box.left);
        t = Math.max(t, box.top);
        r = Math.min(r, box.right);
        b = Math.min(b, box.bottom);
      }
      return r - l > 1 && b - t > 1 ? { l, t, r, b } : null;
    };

    const modal = document.querySelector('dialog[open], .popover');
    const scope: Document | Element = modal ?? document;
    const boxes: { e: Element; l: number; t: number; r: number; b: number }[] = [];
    const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (
        parent === null ||
        (node.textContent ?? '').trim() === '' ||
        parent.closest('script, style, option, .tooltip') !== null
      )
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        const seen = visible(parent, rect);
        if (seen !== null) boxes.push({ e: parent, ...seen });
      }
    }
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const a = boxes[i];
        const b = boxes[j];
        if (a === undefined || b === undefined || a.e === b.e) continue;
        const w = Math.min(a.r, b.r) - Math.max(a.l, b.l);
        const h = Math.min(a.b, b.b) - Math.max(a.t, b.t);
        // Line boxes are taller than their letters: neighbours in a tight list may share a pixel or three.
        if (w > SLACK && h > 4) found.push({ what: 'overlap', where: `${name(a.e)} and ${name(b.e)}` });
      }
    }

    for (const e of scope.querySelectorAll('*')) {
      if (e.closest('.mirror, canvas, svg') !== null || e.clientWidth === 0) continue;
      const style = getComputedStyle(e);
      const ellipsis = style.textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth + SLACK;
      if (ellipsis && e.closest('[title]') === null) found.push({ what: 'cut', where: name(e) });
      const hasText = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && (n.nodeValue ?? '').trim() !== '');
      if (hasText && style.overflowX === 'visible' && e.scrollWidth > e.clientWidth + SLACK)
        found.push({ what: 'spill', where: name(e) });
      const isCut = style.overflowY === 'hidden' && e.scrollHeight > e.clientHeight + SLACK;
      if (isCut && e.matches('.card')) found.push({ what: 'cut', where: name(e) });
      if (e.matches('.top') && e.clientHeight > ONE_ROW) found.push({ what: 'two rows', where: name(e) });
    }
    return found;
  });
