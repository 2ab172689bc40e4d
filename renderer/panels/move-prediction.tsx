// Beside a plan, one VM: how its move would go round by round, what that rests on, and which setting would change it.
import { useMemo } from 'preact/hooks';
import { verdictAt } from '../../domain/planning/matrix.ts';
import type { PredictedMove, PredictionInput } from '../../domain/planning/move-prediction.ts';
import type { SweepRow } from '../../domain/migration/option-sweep.ts';
import { Chart } from '../charts/chart.tsx';
import { apart, roundsOption } from '../charts/rounds.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { count, duration, mebibytes, percent } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { Blackout } from './blackout.tsx';
import { Facts, type Fact } from './facts.tsx';
import { Title } from './title.tsx';

const MIB = 1_048_576;
const GBIT = 1e9;
const ROWS_SHOWN = 6;

const written = ({ value, unit }: PredictionInput): string => {
  if (unit === 'bytes') return mebibytes(value / MIB);
  if (unit === 'bytes a second') return `${Number(((value * 8) / GBIT).toPrecision(3))} Gbit/s`;
  if (unit === 'GHz') return `${value} GHz`;
  return unit === 'version' ? String(value) : `${count(value)} pages/s`;
};

const inputFact = (input: PredictionInput): Fact => [
  input.name,
  <>
    {written(input)} {input.evidence === 'assumed' && <span class="evidence">assumed</span>}
  </>,
];

const bandText = (band: { readonly p10: number; readonly p90: number }): string =>
  `${duration(band.p10)} to ${duration(band.p90)}`;

const priceOf = (row: SweepRow): string => {
  if (!row.finishes) return row.novaStatus;
  if (row.costs.atRiskMs > 0) return `at risk ${duration(row.costs.atRiskMs)}`;
  return row.costs.slowedShare > 0.005 ? `guest at ${percent(1 - row.costs.slowedShare)}` : 'none';
};

/** What a person calls a setting; whoever wants Nova's own name reads the title. */
const WORDS: Readonly<Record<string, string>> = {
  'live_migration_downtime = 1000': 'downtime 1000 ms',
  'live_migration_downtime = 2000': 'downtime 2000 ms',
  'live_migration_downtime_delay = 10': 'downtime delay 10 s',
  'live_migration_permit_auto_converge = True': 'auto-converge',
  'live_migration_timeout_action = force_complete': 'force complete',
  'live_migration_parallel_connections = 4': '4 connections',
  'live_migration_permit_post_copy = True, live_migration_timeout_action = force_complete': 'post-copy',
  'live_migration_completion_timeout = 60': 'timeout 60 s/GiB',
};

const settingOf = (row: SweepRow): string =>
  row.changes.length === 0 ? 'as it is' : row.changes.map((c) => WORDS[c] ?? c).join(', ');

const Sweep = ({ move }: { readonly move: PredictedMove }) => (
  <section data-testid="sweep">
    <h3>
      {move.outcome === 'completed' ? 'Other settings' : 'What would make it move'} <small>gentlest first</small>
    </h3>
    <table class="rows sweep">
      <thead>
        <tr>
          <th>Nova's option</th>
          <th class="right">total</th>
          <th class="right">down</th>
          <th>price</th>
        </tr>
      </thead>
      <tbody>
        {move.sweep.slice(0, ROWS_SHOWN).map((row) => (
          <tr key={settingOf(row)}>
            <td title={row.changes.join(', ') || "Nova's defaults"}>
              {row.finishes ? <b>{settingOf(row)}</b> : <span class="muted">{settingOf(row)}</span>}
            </td>
            <td class="right">{duration(row.costs.totalMs)}</td>
            <td class="right">{row.finishes ? duration(row.costs.downtimeMs) : '–'}</td>
            <td class={row.finishes ? 'ink-2' : 'critical-ink'}>{priceOf(row)}</td>
          </tr>
        ))}
        <tr>
          <td>
            <b>cold</b>
          </td>
          <td class="right">{duration(move.cold.totalMs)}</td>
          <td class="right">{duration(move.cold.totalMs)}</td>
          <td class="ink-2">stopped</td>
        </tr>
      </tbody>
    </table>
  </section>
);

/** A VM that cannot move live at all: why, and what moving it cold would take. */
const Refused = ({ move }: { readonly move: PredictedMove }) => (
  <section data-testid="prediction">
    <div class="row wrap chips">
      <span class="badge chip bad">cannot move live</span>
    </div>
    {move.refused.map((f) => (
      <p class="ink-2" key={f.code}>
        {f.code}: {f.detail}
        {f.fix === null ? '.' : `. Fix: ${f.fix}.`}
      </p>
    ))}
    <Facts
      facts={[
        ['moved cold in', duration(move.cold.totalMs)],
        ['copied meanwhile', mebibytes(move.cold.bytes / MIB)],
      ]}
    />
  </section>
);

const Prediction = ({ move }: { readonly move: PredictedMove }) => {
  const isFinishing = move.outcome === 'completed';
  const option = useMemo(() => roundsOption(move.rounds, isFinishing), [move, isFinishing]);
  const ratio = apart(move.rounds);
  const facts: readonly Fact[] = [
    ...(isFinishing
      ? ([
          ['total', `${duration(move.totalMs)} (${bandText(move.band.totalMs)})`],
          ['guest stops for', `${duration(move.downtimeMs)} (${bandText(move.band.downtimeMs)})`],
        ] as const)
      : ([
          ['ends after', `${duration(move.totalMs)} as ${move.novaStatus}`],
          ...(ratio === null ? [] : [['pending ends at', `${ratio.toPrecision(2)} × the threshold`] as const]),
        ] as const)),
    ['on the wire', mebibytes((move.ramBytes + move.diskBytes) / MIB)],
    ...(move.mirrorMs > 0 ? [['disk mirrored in', duration(move.mirrorMs)] as const] : []),
    ['cores busy', `${move.cores.source.toFixed(2)} here, ${move.cores.dest.toFixed(2)} there`],
    ...(move.heldToBytesPerS === null
      ? []
      : [['its connections carry', `${Number(((move.heldToBytesPerS * 8) / GBIT).toPrecision(3))} Gbit/s`] as const]),
    ...move.inputs.map(inputFact),
  ];
  return (
    <>
      <section data-testid="prediction">
        <div class="row wrap chips">
          <span class={`badge chip ${isFinishing ? 'neu' : 'wrn'}`}>
            {!isFinishing && <Glyph name="up" size={10} />}
            {isFinishing ? 'completes live' : `does not converge: ${move.outcome}`}
          </span>
          {move.outcomeShare < 1 && <span class="badge chip neu doubt">in {percent(move.outcomeShare)} of cases</span>}
        </div>
        <Facts facts={facts} />
      </section>
      <section>
        <h3>Pending memory against the switch-over threshold</h3>
        {move.rounds.length === 0 ? (
          <p class="muted">No RAM was sent before the move ended.</p>
        ) : (
          <Chart
            label={`${move.rounds.length} rounds of pending memory; ${isFinishing ? 'the last falls below the threshold' : 'none falls below the threshold'}`}
            height={148}
            option={option}
          />
        )}
        <p class="key">
          <i class={isFinishing ? 'motion' : 'warn'} /> pending <i class="accent" /> threshold
        </p>
      </section>
      <Sweep move={move} />
    </>
  );
};

/** How long the network does not reach it: QEMU's pause, as predicted here, is only the first part. */
const Unreachable = ({
  vm,
  dest,
  pauseMs,
}: {
  readonly vm: string;
  readonly dest: string;
  readonly pauseMs: number;
}) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'network.blackout',
    {
      timeline,
      at: desk.player.settled.value,
      vm,
      dest,
      first: 'dest',
      l3Plugin: true,
      mode: 'l2pop-arp',
      style: 'master',
      delays: { pauseMs },
    },
    `${timeline}/${vm}/${dest}`,
  );
  return (
    <section data-testid="blackout">
      <h3>
        Unreachable while it moves{' '}
        {value?.ports[0] !== undefined && (
          <small>
            for {duration(value.ports[0].totalMs)}, to {dest}
          </small>
        )}
      </h3>
      {failure !== null && <p class="muted">{failure.sentence}</p>}
      {value !== null && <Blackout answer={value} />}
    </section>
  );
};

/** A destination chosen by hand; the hosts that refuse the VM cannot be chosen. */
const Pin = ({ vm, host }: { readonly vm: string; readonly host: string | null }) => {
  const { migrate } = useDesk();
  const matrix = migrate.matrix.value;
  const pinned = migrate.settings.value.pins.find((p) => p.vm === vm)?.host ?? '';
  const row = matrix?.vms.findIndex((v) => v.id === vm) ?? -1;
  if (matrix === null || row < 0) return null;
  const open = matrix.hosts.filter((name, i) => name !== host && verdictAt(matrix, row, i) !== 'blocked');
  return (
    <select
      class="pin"
      aria-label="Where it goes"
      value={pinned}
      onChange={(e) => migrate.pin(vm, e.currentTarget.value === '' ? null : e.currentTarget.value)}
    >
      <option value="">wherever is best</option>
      {open.map((name) => (
        <option key={name} value={name}>
          to {name}
        </option>
      ))}
    </select>
  );
};

export const MovePrediction = ({ vm }: { readonly vm: string }) => {
  const desk = useDesk();
  const { migrate } = desk;
  const timeline = desk.timeline.value;
  const settings = migrate.settings.value;
  const asked = desk.player.playing.value ? null : { timeline, at: desk.player.settled.value, vm, settings };
  const { value, failure } = useLatest('plan.predict', asked, `${timeline}/${vm}`);
  const known = desk.states.value.value?.vms.find((v) => v.id === vm);
  const name = value?.name ?? known?.name ?? vm;
  const host = known?.host ?? null;
  const skipped = settings.skip.includes(vm);
  const dest = migrate.destOf(vm, host);
  const isPlanned = migrate.goal.value !== 'drain' || migrate.hosts.value.length > 0;
  return (
    <>
      <section>
        <Title name={name} id={vm} />
        <div class="row actions">
          {isPlanned ? (
            <>
              <button type="button" class="btn small" onClick={() => migrate.toggleSkip(vm)} aria-pressed={skipped}>
                {skipped ? 'Take it into the plan' : 'Leave it where it is'}
              </button>
              {!skipped && <Pin vm={vm} host={host} />}
            </>
          ) : (
            host !== null && (
              <button type="button" class="btn small" onClick={() => migrate.toggleHost(host)}>
                Drain {host}
              </button>
            )
          )}
        </div>
      </section>
      {failure !== null && (
        <section>
          <p class="failure">{failure.sentence}</p>
        </section>
      )}
      {desk.player.playing.value && (
        <section>
          <p class="muted">Moves are predicted when time stands still.</p>
        </section>
      )}
      {value !== null && (value.refused.length > 0 ? <Refused move={value} /> : <Prediction move={value} />)}
      {value !== null && dest !== null && value.refused.length === 0 && value.outcome === 'completed' && (
        <Unreachable vm={vm} dest={dest} pauseMs={value.downtimeMs} />
      )}
    </>
  );
};
