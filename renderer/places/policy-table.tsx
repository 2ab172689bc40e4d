// Policies as a table with bars: energy, SLA, migrations and hosts on, one row to choose.
import type { ConsolidationReport, PolicyRow } from '../../domain/consolidation/experiment-report.ts';
import { TALK_ASSUMED } from '../../domain/consolidation/network/talk.ts';
import { policyToken, policyWords } from '../session/policy-words.ts';
import { count } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';

const SCALE = 1e5;

const LEAST_SHOWN = 0.001;
const small = (x: number): string => (x < LEAST_SHOWN ? `< ${LEAST_SHOWN}` : x.toPrecision(3));

type Bar = { readonly value: number; readonly most: number; readonly text: string; readonly here: boolean };

const BarCell = ({ value, most, text, here }: Bar) => (
  <td class="bar-cell">
    {value === 0 ? (
      <span class="muted">–</span>
    ) : (
      <span>
        <i class={here ? 'here' : ''} style={{ width: `${most === 0 ? 0 : (value / most) * 100}%` }} />
        <b>{text}</b>
      </span>
    )}
  </td>
);

type Props = {
  readonly report: ConsolidationReport;
  readonly chosen: string;
  readonly onChoose: (policy: string) => void;
};

export const PolicyTable = ({ report, chosen, onChoose }: Props) => {
  const most = (of: (r: PolicyRow) => number): number => Math.max(...report.rows.map(of));
  const energy = most((r) => r.energyKwh);
  const short = most((r) => r.shortfall);
  const moves = most((r) => r.migrations);
  return (
    <table class="rows policies" data-testid="policies">
      <thead>
        <tr>
          <th>policy</th>
          <th class="words">what it does</th>
          <th>energy, kWh</th>
          {report.boundKwh !== null && <th class="right">over bound</th>}
          <th class="right">SLAV ×10⁻⁵</th>
          <th class="right minor">SLATAH</th>
          <th title="CPU asked for and not given, whatever the cause">not given ×10⁻⁵</th>
          <th>migrations</th>
          <th class="right minor">shutdowns</th>
          <th class="right">hosts on</th>
          <th class="right" title={`Cores all datapaths took, on average over the day. ${TALK_ASSUMED}`}>
            network CPU, cores
          </th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map((row) => {
          const here = row.policy === chosen;
          return (
            <tr
              key={row.policy}
              class={here ? 'on' : ''}
              onClick={() => onChoose(row.policy)}
              data-policy={row.policy}
              aria-selected={here}
            >
              <td>
                <button type="button" class="link strong policy" onClick={() => onChoose(row.policy)}>
                  <i class="swatch" style={{ background: `var(--${policyToken(row.policy)})` }} />
                  {row.policy}
                </button>
                {row.onFront && (
                  <span
                    class="front accent-ink"
                    role="img"
                    aria-label="on the front"
                    title="No other policy is as good in every figure and better in one"
                  >
                    <Glyph name="check" size={10} />
                  </span>
                )}
              </td>
              <td class="words muted">{policyWords(row.policy)}</td>
              <BarCell value={row.energyKwh} most={energy} text={row.energyKwh.toFixed(1)} here={here} />
              {report.boundKwh !== null && (
                <td class="right">{row.overBound === null ? '–' : `${(row.overBound * 100).toFixed(1)} %`}</td>
              )}
              <td class="right">{row.slav === 0 ? <span class="muted">–</span> : small(row.slav * SCALE)}</td>
              <td class="right minor">
                {row.slatah === 0 ? <span class="muted">–</span> : `${(row.slatah * 100).toFixed(2)} %`}
              </td>
              <BarCell value={row.shortfall} most={short} text={small(row.shortfall * SCALE)} here={here} />
              <BarCell value={row.migrations} most={moves} text={count(row.migrations)} here={here} />
              <td class="right minor">{row.shutdowns === 0 ? <span class="muted">–</span> : count(row.shutdowns)}</td>
              <td class="right">{row.meanHostsOn.toFixed(1)}</td>
              <td class="right">{row.networkCores.toFixed(1)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};
