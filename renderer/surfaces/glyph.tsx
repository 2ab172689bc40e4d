// A glyph in the DOM, in the colour of the text around it.
import { GLYPHS, type GlyphName } from './glyphs.ts';

export const Glyph = ({ name, size = 12, tone }: { name: GlyphName; size?: number; tone?: string }) => (
  <svg class={`glyph ${tone ?? ''}`} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
    {GLYPHS[name].map((part) => (
      <path
        key={part.d}
        d={part.d}
        fill={part.as === 'fill' ? 'currentColor' : 'none'}
        stroke={part.as === 'fill' ? 'none' : part.as === 'knock' ? 'var(--surface)' : 'currentColor'}
        stroke-width={part.width}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    ))}
  </svg>
);
