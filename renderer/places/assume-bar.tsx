// What if: another release's defaults, hosts taken out, more hosts of a kind; kept on a branch where wanted. The ratio has its own card.
import { type Assumptions, NO_ASSUMPTIONS } from '../../domain/capacity/what-if.ts';
import type { HostState } from '../../domain/readout/state.ts';
import { useState } from 'preact/hooks';
import type { Failure } from '../../domain/contract/port.ts';
import { type Desk, useDesk } from '../session/desk.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { RELEASE_NAMES } from '../../domain/scheduling/release.ts';

const MOST_ADDED = 1000;

export const isAssumed = ({ release, ratios, without, added }: Assumptions): boolean =>
  release !== null || ratios.vcpu !== null || without.length > 0 || added !== null;

type Props = {
  readonly hosts: readonly HostState[];
  readonly assume: Assumptions;
  readonly onAssume: (assume: Assumptions) => void;
};

/** Keeps what is assumed on a branch of its own, and follows it there. */
const keep = async (desk: Desk, assume: Assumptions): Promise<Failure | null> => {
  const branch = desk.freeName('what if');
  const place = { timeline: desk.timeline.peek(), at: desk.player.at.peek() };
  const answer = await desk.client.call('capacity.keep', { ...place, assume, branch });
  if (!answer.ok) return answer.error;
  await desk.refreshLog();
  desk.switchTo(branch);
  return null;
};

export const AssumeBar = ({ hosts, assume, onAssume }: Props) => {
  const desk = useDesk();
  const [failure, setFailure] = useState<Failure | null>(null);
  const { without } = assume;
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
      <label>
        take out{' '}
        <select
          value=""
          aria-label="A host to take out"
          onChange={(e) => {
            const name = e.currentTarget.value;
            e.currentTarget.value = '';
            if (name !== '') onAssume({ ...assume, without: [...without, name] });
          }}
        >
          <option value="">{without.length === 0 ? 'no host' : `${without.length} so far`}</option>
          {hosts
            .filter((h) => !without.includes(h.name))
            .map((h) => (
              <option key={h.name}>{h.name}</option>
            ))}
        </select>
      </label>
      {without.map((name) => (
        <button
          key={name}
          type="button"
          class="badge neu"
          aria-label={`Leave ${name} in`}
          title="Leave it in"
          onClick={() => onAssume({ ...assume, without: without.filter((other) => other !== name) })}
        >
          {name}
          <Glyph name="error" size={8} />
        </button>
      ))}
      {isAssumed(assume) && (
        <>
          <button type="button" class="btn small" onClick={() => onAssume(NO_ASSUMPTIONS)}>
            Back to now
          </button>
          <button
            type="button"
            class="btn small"
            data-testid="keep-assumed"
            title="As facts on a branch of its own, where drills and plans can be asked too"
            disabled={desk.log.value?.readOnly === true}
            onClick={() =>
              void keep(desk, assume).then((failed) => {
                setFailure(failed);
                if (failed === null) onAssume(NO_ASSUMPTIONS);
              })
            }
          >
            Keep on a branch
          </button>
        </>
      )}
      {failure !== null && <span class="failure">{failure.sentence}</span>}
    </div>
  );
};
