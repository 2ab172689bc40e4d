// The figures of two pictures side by side, and by how much they differ.
import type { PictureCounts } from '../../domain/readout/picture-types.ts';
import { count, signed } from '../../domain/readout/words.ts';

const FIGURES: readonly (readonly [keyof PictureCounts, string])[] = [
  ['hostsDown', 'hosts down'],
  ['hostsFenced', 'of them fenced'],
  ['vms', 'VMs'],
  ['active', 'ACTIVE'],
  ['shutoff', 'SHUTOFF'],
  ['error', 'ERROR'],
  ['moving', 'migrating'],
  ['rebuilding', 'rebuilding'],
  ['contradictions', 'contradictions'],
  ['warnings', 'warnings'],
];

type Props = { readonly a: PictureCounts; readonly b: PictureCounts; readonly names: readonly [string, string] };

export const FigureTable = ({ a, b, names }: Props) => (
  <div class="scroll">
    <table class="rows figures" data-testid="figures">
      <thead>
        <tr>
          <th />
          <th class="right" title={names[0]}>
            first
          </th>
          <th class="right" title={names[1]}>
            second
          </th>
          <th class="right">second − first</th>
        </tr>
      </thead>
      <tbody>
        {FIGURES.map(([field, name]) => {
          const by = b[field] - a[field];
          return (
            <tr key={field} class={by === 0 ? 'same' : ''}>
              <td>{name}</td>
              <td class="right">{count(a[field])}</td>
              <td class="right">{count(b[field])}</td>
              <td class="right">{by === 0 ? '0' : <b>{signed(by)}</b>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);
