// What if: another release's defaults, more hosts of a kind. The ratio has its own card.
import { type Assumptions, NO_ASSUMPTIONS } from '../../domain/capacity/what-if.ts';
import type { HostState } from '../../domain/readout/state.ts';
import { RELEASE_NAMES } from '../../domain/scheduling/release.ts';

const MOST_ADDED = 1000;

export const isAssumed = ({ release, ratios, without, added }: Assumptions): boolean =>
  release !== null || ratios.vcpu !== null || without.length > 0 || added !== null;

type Props = {
  readonly hosts: readonly HostState[];
  readonly assume: Assumptions;
  readonly onAssume: (assume: Assumptions) => void;
};

export const AssumeBar = ({ hosts, assume, onAssume }: Props) => {
  const like = assume.added?.like ?? hosts[0]?.name ?? '';
  const add = (count: number, model: string): void =>
    onAssume({ ...assume, added: count > 0 ? { like: model, count: Math.min(MOST_ADDED, count) } : null });
  return (
    <div class="assume" data-testid="assume">
      <label>
        rules of{' '}
        <select
          value={assume.release ?? ''}
          onChange={(e) =>
            onAssume({ ...assume, release: e.currentTarget.value === '' ? null : e.currentTarget.value })
          }
        >
          <option value="">the log</option>
          {RELEASE_NAMES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        add{' '}
        <input
          type="number"
          min={0}
          max={MOST_ADDED}
          value={assume.added?.count ?? 0}
          aria-label="Hosts to add"
          onInput={(e) => add(Math.floor(Number(e.currentTarget.value) || 0), like)}
        />{' '}
        hosts like{' '}
        <select
          value={like}
          aria-label="The host that added ones are like"
          onChange={(e) => add(assume.added?.count ?? 0, e.currentTarget.value)}
        >
          {hosts.map((h) => (
            <option key={h.name} value={h.name}>
              {h.name}
            </option>
          ))}
        </select>
      </label>
      {isAssumed(assume) && (
        <button type="button" class="btn small" onClick={() => onAssume(NO_ASSUMPTIONS)}>
          Back to now
        </button>
      )}
    </div>
  );
};
