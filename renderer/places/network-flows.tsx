// A host's flow table: searched, narrowed to the lit network, the packet's way through it marked, or what changed in it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FlowAnswer, FlowLegend, FlowRow } from '../../domain/network/flow-answer.ts';
import type { OverviewNetwork } from '../../domain/network/overview.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, count, plural } from '../../domain/readout/words.ts';

type Props = { readonly host: string; readonly hosts: readonly string[]; readonly network: OverviewNetwork | null };

const ROWS_SHOWN = 300;
const MIN_MS = 60_000;
const SPANS: readonly (readonly [number, string])[] = [
  [0, 'all flows'],
  [5, 'changes in 5 min'],
  [30, 'changes in 30 min'],
  [120, 'changes in 2 h'],
];

const NETWORK_WORD = /dl_vlan=(\d+)|tun_id=0x([\da-f]+)|set_field:(\d+)->vlan_vid|mod_vlan_vid:(\d+)/g;

/** A flow that names another network's VLAN or tunnel id belongs to that network; one that names none belongs to all. */
const belongs = (row: FlowRow, legend: FlowLegend, network: OverviewNetwork): boolean => {
  const own = legend.vlans.find((v) => v.network === network.id);
  const named = [...row.text.matchAll(NETWORK_WORD)];
  if (named.length === 0) return true;
  return named.some(
    ([, vlan, tunId, set, mod]) =>
      Number(vlan) === own?.vlan ||
      (tunId !== undefined && Number.parseInt(tunId, 16) === network.segmentationId) ||
      (Number(set) & 0xfff) === own?.vlan ||
      Number(mod) === own?.vlan,
  );
};

/** Where a flow sends a packet, in the names of hosts and VMs. */
const leadsTo = (row: FlowRow, legend: FlowLegend): string => {
  const outputs = [...row.actions.matchAll(/output:(\d+)/g)].map(([, n]) =>
    legend.ports.find((p) => p.ofport === Number(n)),
  );
  if (outputs.length > 2) return plural(outputs.length, 'host');
  if (outputs.length > 0) return outputs.map((p) => p?.leadsTo ?? 'a gone port').join(', ');
  if (row.actions.includes('IN_PORT')) return 'answers ARP';
  const from = /in_port=(\d+)/.exec(row.match)?.[1];
  if (row.actions === 'drop') return '';
  return from === undefined ? '' : `from ${legend.ports.find((p) => p.ofport === Number(from))?.leadsTo ?? '?'}`;
};

const keyOf = (row: { readonly table: number; readonly priority: number | null; readonly match: string }): string =>
  `${row.table}/${row.priority}/${row.match}`;

type Folded = { readonly row: FlowRow; readonly keys: readonly string[]; readonly match: string };

/** Flows of one table that differ in `in_port` only become one row: a full mesh has one for every tunnel. */
const fold = (rows: readonly FlowRow[]): readonly Folded[] => {
  const groups = new Map<string, FlowRow[]>();
  for (const row of rows) {
    const port = /^in_port=\d+$/.test(row.match) && row.actions.startsWith('goto_table');
    const key = port ? `${row.table}/${row.priority}/${row.actions}` : keyOf(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((all) => {
    const [row] = all;
    if (row === undefined) return [];
    return [{ row, keys: all.map(keyOf), match: all.length === 1 ? row.match : `in_port=… (${all.length} ports)` }];
  });
};

const Table = ({
  answer,
  rows,
  marked,
  current,
}: {
  readonly answer: FlowAnswer;
  readonly rows: readonly FlowRow[];
  readonly marked: ReadonlySet<string>;
  readonly current: string | null;
}) => {
  const ref = useRef<HTMLDivElement>(null);
  const folded = useMemo(() => fold(rows), [rows]);
  useEffect(() => {
    const row = ref.current?.querySelector<HTMLElement>('tr[aria-current]');
    const { current: box } = ref;
    if (row && box) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  }, [current, answer]);
  return (
    <div class="scroll flows" ref={ref} tabIndex={0} aria-label={`Flows of ${answer.bridge} on ${answer.host}`}>
      <table class="rows data mono">
        <thead>
          <tr>
            <th class="right">table</th>
            <th class="right">prio</th>
            <th>match</th>
            <th>actions</th>
            <th>leads to</th>
          </tr>
        </thead>
        <tbody>
          {folded.map(({ row, keys, match }, i) => (
            <tr
              key={keys[0]}
              class={keys.some((key) => marked.has(key)) ? 'on' : ''}
              aria-current={current !== null && keys.includes(current) ? 'step' : undefined}
              title={row.text}
            >
              <td class="right">{folded[i - 1]?.row.table === row.table ? '' : <b>{row.table}</b>}</td>
              <td class="right muted">{row.priority}</td>
              <td>{match === '' ? <span class="muted">any</span> : match}</td>
              <td class={row.actions === 'drop' ? 'critical-ink' : 'ink-2'}>{row.actions}</td>
              <td class="leads">{keys.length > 1 ? plural(keys.length, 'tunnel') : leadsTo(row, answer.legend)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Changes = ({ host, minutes }: { readonly host: string; readonly minutes: number }) => {
  const desk = useDesk();
  const to = desk.player.settled.value;
  const bridge = desk.overlay.bridge.value;
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'network.flowDiff',
    {
      timeline,
      from: { at: to.at - minutes * MIN_MS, seq: null },
      to,
      host,
      bridge,
      mode: 'l2pop-arp',
      style: 'master',
      dialect: null,
    },
    `${timeline}/${host}/${bridge}`,
  );
  if (failure !== null) return <p class="failure pad">{failure.sentence}</p>;
  if (value === null) return null;
  if (value.added.length + value.removed.length === 0) {
    return (
      <p class="empty pad">
        Nothing changed in {bridge} of {host} since {clock(to.at - minutes * MIN_MS)}Z:{' '}
        {plural(value.unchanged, 'flow')} stayed.
      </p>
    );
  }
  return (
    <div class="scroll flows" tabIndex={0} aria-label={`Changes of ${bridge} on ${host}`}>
      <p class="ink-2">
        {plural(value.added.length, 'flow')} added, {count(value.removed.length)} removed, {count(value.unchanged)}{' '}
        unchanged
      </p>
      {value.removed.slice(0, ROWS_SHOWN).map((text) => (
        <code key={text} class="gone">
          − {text}
        </code>
      ))}
      {value.added.slice(0, ROWS_SHOWN).map((text) => (
        <code key={text} class="come">
          + {text}
        </code>
      ))}
    </div>
  );
};

export const NetworkFlows = ({ host, hosts, network }: Props) => {
  const desk = useDesk();
  const view = desk.overlay;
  const [filter, setFilter] = useState('');
  const [lit, setLit] = useState(true);
  const [minutes, setMinutes] = useState(0);
  const bridge = view.bridge.value;
  const timeline = desk.timeline.value;
  const { value, failure, pending } = useLatest(
    'network.flows',
    minutes === 0
      ? { timeline, at: desk.player.settled.value, host, bridge, mode: 'l2pop-arp', style: 'master', dialect: null }
      : null,
    `${timeline}/${host}/${bridge}`,
  );
  const trace = view.trace.value;
  const step = view.step.value;
  const marked = useMemo(
    () => new Set((trace?.steps ?? []).filter((s) => s.host === host && s.bridge === bridge).map(keyOf)),
    [trace, host, bridge],
  );
  const at = step === null ? undefined : trace?.steps[step];
  const current = at !== undefined && at.host === host && at.bridge === bridge ? keyOf(at) : null;
  const wanted = filter.trim().toLowerCase();
  const rows = (value?.flows ?? []).filter(
    (row) =>
      (!lit || network === null || value === null || belongs(row, value.legend, network)) &&
      (wanted === '' ||
        row.text.toLowerCase().includes(wanted) ||
        leadsTo(row, value?.legend ?? { ports: [], vlans: [] }).includes(wanted)),
  );
  // What the packet met is always among what is shown.
  const shown = rows.length > ROWS_SHOWN ? rows.filter((row, i) => i < ROWS_SHOWN || marked.has(keyOf(row))) : rows;
  return (
    <div class={`card ${pending ? 'late-bar' : ''}`} data-testid="flows">
      <h2>
        <select
          aria-label="Host of the flow table"
          value={host}
          onChange={(e) => {
            view.step.value = null;
            desk.select(`host:${e.currentTarget.value}`);
          }}
        >
          {hosts.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <Segments
          label="Bridge"
          value={bridge}
          choices={[
            ['br-tun', 'br-tun'],
            ['br-int', 'br-int'],
          ]}
          onChoose={(b) => (view.bridge.value = b)}
        />
        <span class="spring" />
        <select
          aria-label="All flows, or what changed"
          value={minutes}
          onChange={(e) => setMinutes(Number(e.currentTarget.value))}
        >
          {SPANS.map(([span, words]) => (
            <option key={span} value={span}>
              {words}
            </option>
          ))}
        </select>
      </h2>
      {minutes === 0 ? (
        <>
          <div class="row table-tools">
            <input
              aria-label="Filter flows"
              placeholder="Filter flows: a MAC, a VLAN, a host"
              value={filter}
              onInput={(e) => setFilter(e.currentTarget.value)}
            />
            {network !== null && (
              <label class="check">
                <input type="checkbox" checked={lit} onChange={(e) => setLit(e.currentTarget.checked)} />
                only what {network.name} uses
              </label>
            )}
            <span class="muted">
              {value === null
                ? ''
                : `${count(rows.length)} of ${plural(value.flows.length, 'flow')}${shown.length < rows.length ? `, ${shown.length} shown` : ''}`}
            </span>
          </div>
          {failure !== null && <p class="failure pad">{failure.sentence}</p>}
          {value !== null && <Table answer={value} rows={shown} marked={marked} current={current} />}
        </>
      ) : (
        <Changes host={host} minutes={minutes} />
      )}
    </div>
  );
};
