// A row of choices of which exactly one is on.
type Props<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
  readonly class?: string;
};

export const Segments = <T extends string>({ label, value, choices, onChoose, class: extra = '' }: Props<T>) => (
  <div class={`seg ${extra}`} role="radiogroup" aria-label={label}>
    {choices.map(([id, name]) => (
      <button
        type="button"
        key={id}
        role="radio"
        aria-checked={id === value}
        class={id === value ? 'on' : ''}
        onClick={() => onChoose(id)}
      >
        {name}
      </button>
    ))}
  </div>
);
