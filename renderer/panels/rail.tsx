// The places of the window, one key each.
import { useDesk } from '../session/desk.ts';
import { PLACES } from '../session/places.ts';
import { PlaceIcon } from './icons.tsx';

export const Rail = () => {
  const desk = useDesk();
  return (
    <nav class="rail" aria-label="Places" data-region="rail">
      {PLACES.map((p) => (
        <button
          type="button"
          key={p.id}
          class={desk.place.value === p.id ? 'on' : ''}
          aria-current={desk.place.value === p.id ? 'page' : undefined}
          title={`${p.name} (${p.key})`}
          onClick={() => (desk.place.value = p.id)}
          data-place={p.id}
        >
          <PlaceIcon place={p.id} />
          <span>{p.name}</span>
          <em>{p.key}</em>
        </button>
      ))}
    </nav>
  );
};
