// What the traffic between VMs asks of every host: forwarding in cores, and its link both ways; recorded, or made up to see.
import { useState } from 'preact/hooks';
import { PROFILES, type ProfileName } from '../../domain/datapath/profiles.ts';
import { PATTERN_NAMES, type PatternName } from '../../domain/datapath/traffic-patterns.ts';
import { plural } from '../../domain/readout/words.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';

const GIGA = 1e9;
const BAR_PX = 36;
/** A made-up matrix: tenants of eight VMs, 10 Mbit/s a pair on average. */
const MADE_UP = { groupSize: 8, meanBytesPerS: 1_250_000, seed: 'traffic' };

const PATTERN_WORDS: Readonly<Record<PatternName, string>> = {
  'client-server': 'made up: clients and a server',
  shuffle: 'made up: all to all',
  chain: 'made up: chains',
};

const gbps = (bitsPerS: number): string => (bitsPerS / GIGA).toFixed(2);

export const NetworkTraffic = ({ datapath }: { readonly datapath: ProfileName }) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const [pattern, setPattern] = useState<PatternName | null>(null);
  const { value, failure } = useLatest(
    'network.traffic',
    {
      timeline,
      at: desk.player.settled.value,
      datapath,
      pattern: pattern === null ? null : { pattern, ...MADE_UP },
      move: null,
    },
    `${timeline}/${pattern}`,
  );
  const rows = value?.hosts.toSorted((a, b) => b.datapathCores - a.datapathCores) ?? [];
  const most = Math.max(...rows.map((h) => h.datapathCores), 0);
  const cores = rows.reduce((sum, h) => sum + h.datapathCores, 0);
  return (
    <div class="fill network-traffic" data-testid="network-traffic">
      <p>
        <select
          aria-label="Whose traffic"
          value={pattern ?? ''}
          onChange={(e) => setPattern(PATTERN_NAMES.find((p) => p === e.currentTarget.value) ?? null)}
        >
          <option value="">as recorded</option>
          {PATTERN_NAMES.map((p) => (
            <option key={p} value={p}>
              {PATTERN_WORDS[p]}
            </option>
          ))}
        </select>{' '}
        {value !== null && value.flows.length > 0 && (
          <>
            <b>{cores.toFixed(1)} cores</b> for {gbps(8 * value.bytesPerS)} Gbit/s of {plural(value.pairs, 'pair')}
          </>
        )}
      </p>
      {failure !== null && <p class="failure">{failure.sentence}</p>}
      {value !== null && value.flows.length === 0 && (
        <p class="muted">
          No traffic matrix is recorded up to this instant. Drop a CSV with from, to and mbps on the window, or look at
          one made up.
        </p>
      )}
      {value !== null && value.flows.length > 0 && (
        <div class="scroll">
          <table class="rows">
            <thead>
              <tr>
                <th>host</th>
                <th title={PROFILES[datapath].title}>forwarding, cores</th>
                <th class="right">of CPU</th>
                <th class="right">Gbit/s out / in</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((h) => (
                <tr key={h.host}>
                  <td>
                    <button type="button" class="link" onClick={() => desk.select(`host:${h.host}`)}>
                      {h.host}
                    </button>
                  </td>
                  <td>
                    <i class="bar" style={{ width: `${most === 0 ? 0 : (BAR_PX * h.datapathCores) / most}px` }} />{' '}
                    {h.datapathCores.toFixed(2)}
                  </td>
                  <td class="right">{h.cpuPercent === null ? '–' : `${h.cpuPercent.toFixed(1)} %`}</td>
                  <td class="right">
                    {gbps(h.outBitsPerS)} / {gbps(h.inBitsPerS)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};
