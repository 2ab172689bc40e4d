// Splits comma-separated text, leaving commas inside parentheses alone.

/** `a,b(c,d),e` becomes `a`, `b(c,d)`, `e`; blanks around items are dropped, empty items too. */
export const splitList = (text: string): string[] => {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (i === text.length || (c === ',' && depth === 0)) {
      const item = text.slice(start, i).trim();
      if (item !== '') items.push(item);
      start = i + 1;
    }
  }
  return items;
};
