// Undoes what word processors, blogs and chats do to pasted terminal text.

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&#8211;': '--',
  '&#8212;': '---',
};

// Only elements that editors leave behind: `<id of the image>` is an operator's placeholder and has to stay.
const HTML = /<\/?(?:span|b|i|u|em|strong|code|pre|br|p|div|font|li|ul|ol|tt|a(?=\s+href|>))(?:\s[^<>]*)?\/?>/gi;

/**
 * One line as the terminal showed it: dashes (`–` was `--`, `—` was `---`), quotes, bold marks, HTML remnants,
 * no-break and zero-width spaces and trailing blanks.
 */
export const clean = (raw: string): string =>
  raw
    .replace(HTML, '')
    .replace(/&(?:lt|gt|amp|quot|#39|nbsp|#8211|#8212);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\u200b|\u200c|\u200d|\u2060|\ufeff/g, '')
    .replace(/[\u00a0\u2007\u202f\u3000]/g, ' ')
    .replace(/\u2014/g, '---')
    .replace(/\u2013/g, '--')
    .replace(/[\u2010\u2011\u2212]/g, '-')
    .replace(/[\u201c\u201d\u201e\u201f\u2033]/g, '"')
    .replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'")
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/\u2026/g, '...')
    .trimEnd();

/** True where a cell means that there is no value. */
export const isMissing = (cell: string): boolean => /^(?:-{0,3}|none|null|n\/a)$/i.test(cell);
