// A plan to read: every host with its fate and the numbers that decided, every move with the options that were refused.
import { useState } from 'preact/hooks';
import type { HostAnswer, Move, PlanReport, Refusal } from '../../domain/consolidation/live/report.ts';
import { useDesk } from '../session/desk.ts';
import { duration, mebibytes, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { GlyphName } from '../surfaces/glyphs.ts';
import { DataTable, type Column } from './data-table.tsx';

const FATES: Readonly<Record<HostAnswer['fate'], readonly [GlyphName, string]>> = {
  relieved: ['arrow', 'motion-ink'],
  emptied: ['asleep', 'accent-ink'],
  kept: ['dot', 'ink-2'],
  empty: ['dot', 'muted'],
  'not judged': ['unknown', 'warn-ink'],
};

const SPARK_W = 84;
const SPARK_H = 16;

/** The CPU history the detectors looked at, 0 to 100 %, with the limit it was held against. */
const Spark = ({ host }: { readonly host: HostAnswer }) => {
  const { history } = host;
  if (history.length < 2) return <span class="muted">no samples</span>;
  const top = Math.max(0.5, ...history);
  const x = (i: number): number => (i / (history.length - 1)) * SPARK_W;
  const y = (u: number): number => SPARK_H - 1 - (u / top) * (SPARK_H - 2);
  const line = history.map((u, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(u).toFixed(1)}`).join('');
  const limit = host.underload?.limit ?? null;
  return (
    <svg class="spark" width={SPARK_W} height={SPARK_H} viewBox={`0 0 ${SPARK_W} ${SPARK_H}`} aria-hidden="true">
      {limit !== null && limit <= top && <path class="limit" d={`M0 ${y(limit).toFixed(1)}H${SPARK_W}`} />}
      <path d={line} />
    </svg>
  );
};

const share = (x: number | undefined): string => (x === undefined ? '–' : `${Math.round(x * 100)} %`);

const HOSTS: readonly Column<HostAnswer>[] = [
  { name: 'host', value: (h) => h.host, cell: (h) => <b>{h.host}</b> },
  { name: 'VMs', value: (h) => h.vms, right: true },
  { name: 'CPU', value: (h) => h.history.at(-1) ?? null, cell: (h) => share(h.history.at(-1)), right: true },
  { name: 'history', value: (h) => h.history.length, cell: (h) => <Spark host={h} /> },
  {
    name: 'fate',
    value: (h) => h.fate,
    cell: (h) => {
      const [glyph, ink] = FATES[h.fate];
      return (
        <span class={`state ${ink}`}>
          <Glyph name={glyph} size={10} />
          {h.fate}
        </span>
      );
    },
  },
  { name: 'why', value: (h) => h.why, cell: (h) => <span class="why">{h.why}</span> },
];

const MOVES: readonly Column<Move>[] = [
  { name: '#', value: (m) => m.order, right: true },
  { name: 'VM', value: (m) => m.name, cell: (m) => <b>{m.name}</b> },
  { name: 'source', value: (m) => m.source },
  { name: 'dest', value: (m) => m.dest },
  { name: 'how', value: (m) => (m.type === 'migration' ? 'cold' : `live, ${m.kind ?? 'storage unknown'}`) },
  { name: 'RAM', value: (m) => m.ramMiB, cell: (m) => mebibytes(m.ramMiB), right: true },
  { name: 'starts', value: (m) => m.startS, cell: (m) => `+${duration(m.startS * 1000)}`, right: true },
  { name: 'takes', value: (m) => m.seconds, cell: (m) => duration(m.seconds * 1000), right: true },
  { name: 'why there', value: (m) => m.why, cell: (m) => <span class="why">{m.why}</span> },
];

const STAYS: readonly Column<Refusal>[] = [
  { name: 'VM', value: (r) => r.name, cell: (r) => <b>{r.name}</b> },
  { name: 'host', value: (r) => r.host },
  { name: 'why it stays', value: (r) => r.why, cell: (r) => <span class="why">{r.why}</span> },
];

/** Every target that was looked at for one VM. */
const Options = ({ of, onClose }: { readonly of: Move | Refusal; readonly onClose: () => void }) => (
  <div class="card" data-testid="options">
    <h2>
      Where {of.name} could go
      <small>{plural(of.options.length, 'host')} looked at</small>
      <span class="spring" />
      <button type="button" class="btn tiny" onClick={onClose}>
        Close
      </button>
    </h2>
    <div class="scroll">
      <table class="rows">
        <tbody>
          {of.options.map((o) => (
            <tr key={o.host}>
              <td>
                <b>{o.host}</b>
              </td>
              <td class={o.verdict === 'refused' ? 'muted' : 'accent-ink'}>{o.verdict}</td>
              <td class="why">{o.why}</td>
            </tr>
          ))}
          {of.options.length === 0 && (
            <tr>
              <td class="why">{of.why}: no target was looked at.</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  </div>
);

/** Hosts that something happens to come first. */
const URGENCY: readonly HostAnswer['fate'][] = ['relieved', 'emptied', 'not judged', 'kept', 'empty'];

const byUrgency = (hosts: readonly HostAnswer[]): readonly HostAnswer[] =>
  hosts.toSorted((a, b) => URGENCY.indexOf(a.fate) - URGENCY.indexOf(b.fate));

type Shown = 'moves' | 'stays';

export const PlanReview = ({ plan }: { readonly plan: PlanReport }) => {
  const desk = useDesk();
  const [shown, setShown] = useState<Shown>('moves');
  const [open, setOpen] = useState<string | null>(null);
  const opened = [...plan.moves, ...plan.refused].find((x) => `${x.name} ${x.options.length}` === open) ?? null;
  const keyOf = (x: Move | Refusal): string => `${x.name} ${x.options.length}`;
  return (
    <div class={`plan-grid ${opened === null ? '' : 'three'}`} data-testid="plan-review">
      <div class="card">
        <h2>
          Host by host <small>what the detectors saw, and what follows</small>
        </h2>
        <DataTable
          rows={byUrgency(plan.hosts)}
          columns={HOSTS}
          keyOf={(h) => `host:${h.host}`}
          noun="host"
          selected={desk.selection.value}
          onOpen={(h) => desk.select(`host:${h.host}`)}
        />
      </div>
      <div class="card">
        <h2>
          <button type="button" class={`link ${shown === 'moves' ? 'strong' : ''}`} onClick={() => setShown('moves')}>
            Moves, in order
          </button>
          <button type="button" class={`link ${shown === 'stays' ? 'strong' : ''}`} onClick={() => setShown('stays')}>
            Considered and refused
          </button>
          <small>
            {plan.violations.length === 0
              ? `checked: ${plural(plan.states, 'state')} on the way, all hold`
              : plural(plan.violations.length, 'violation')}
          </small>
        </h2>
        {shown === 'moves' && plan.moves.length === 0 && <p class="empty pad">Nothing moves.</p>}
        {shown === 'moves' && plan.moves.length > 0 && (
          <DataTable
            rows={plan.moves}
            columns={MOVES}
            keyOf={keyOf}
            noun="move"
            selected={open}
            onOpen={(m) => setOpen(keyOf(m))}
          />
        )}
        {shown === 'stays' && (
          <DataTable
            rows={plan.refused}
            columns={STAYS}
            keyOf={keyOf}
            noun="VM"
            selected={open}
            onOpen={(r) => setOpen(keyOf(r))}
          />
        )}
      </div>
      {opened !== null && <Options of={opened} onClose={() => setOpen(null)} />}
    </div>
  );
};
