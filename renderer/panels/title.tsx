// The title of the inspector: the name, its id where it has one, and the way back to nothing selected.
import { useDesk } from '../session/desk.ts';
import { shortId } from '../../domain/readout/words.ts';

export const Title = ({ name, id }: { readonly name: string; readonly id: string | null }) => {
  const desk = useDesk();
  return (
    <div class="title">
      <h2 title={name}>{name}</h2>
      <span class="spring" />
      {id !== null && id !== name && (
        <span class="mono muted" title={id}>
          {shortId(id)}
        </span>
      )}
      <button
        type="button"
        class="btn tiny close"
        aria-label="Clear the selection"
        title="Clear the selection (Esc)"
        onClick={() => desk.select(null)}
      >
        <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
          <path d="M1 1 8 8M8 1 1 8" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
        </svg>
      </button>
    </div>
  );
};
