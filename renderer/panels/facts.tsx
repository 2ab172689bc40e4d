// A list of facts: name left, value right; what is not in the log says so.
import type { ComponentChildren } from 'preact';

export type Fact = readonly [name: string, value: ComponentChildren];

/** "should exist and is not in the log", as opposed to a dash, which does not apply. */
export const UNKNOWN = <span class="muted">unknown</span>;

export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd title={typeof value === 'string' ? value : undefined}>{value ?? UNKNOWN}</dd>
      </div>
    ))}
  </dl>
);

/** A name that selects what it names. */
export const EntityLink = ({
  name,
  onOpen,
  tone = '',
}: {
  readonly name: string;
  readonly onOpen: () => void;
  readonly tone?: string;
}) => (
  <button type="button" class={`link strong ${tone}`} onClick={onOpen}>
    {name}
  </button>
);
