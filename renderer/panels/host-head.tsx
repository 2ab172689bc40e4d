// A host in the inspector: its service as chips, its room as Placement counts it, and the VMs on it.
import type { ClusterState, HostState } from '../../domain/readout/state.ts';
import { useDesk } from '../session/desk.ts';
import { clock, gibibytes, mebibytes, percent, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { Facts, type Fact } from './facts.tsx';
import { Title } from './title.tsx';

const ROWS_SHOWN = 24;

const Chips = ({ host: h }: { readonly host: HostState }) => (
  <div class="row wrap chips">
    {h.up === null ? (
      <span class="badge chip neu doubt">service not seen</span>
    ) : (
      <span class={`badge chip ${h.up ? 'neu' : 'bad'}`}>
        {!h.up && <Glyph name="down" size={10} />}
        service {h.up ? 'up' : 'down'}
        {h.downSince !== null && ` since ${clock(Date.parse(h.downSince))}Z`}
      </span>
    )}
    {h.enabled !== null && (
      <span class="badge chip neu">
        {!h.enabled && <Glyph name="disabled" size={11} />}
        {h.enabled ? 'enabled' : 'disabled'}
      </span>
    )}
    {h.forcedDown && (
      <span class="badge chip bad">
        <Glyph name="forced" size={10} />
        forced down
      </span>
    )}
    {h.fenced && (
      <span class="badge chip bad">
        <Glyph name="fenced" size={11} />
        fenced
      </span>
    )}
  </div>
);

const room = (used: string, total: string | null, share: number | null): string =>
  total === null ? `${used} allocated` : `${used} of ${total}${share === null ? '' : `, ${percent(share)}`}`;

const factsOf = (h: HostState): readonly Fact[] => {
  const facts: Fact[] = [];
  if (h.rack !== null || h.az !== null) facts.push(['rack, zone', [h.rack, h.az].filter((x) => x !== null).join(', ')]);
  facts.push(
    [
      'vCPU',
      room(
        `${h.vcpusUsed}`,
        h.vcpus === null ? null : `${h.vcpus}${h.vcpuRatio === null ? '' : ` × ${h.vcpuRatio}`}`,
        null,
      ),
    ],
    [
      'RAM',
      room(
        mebibytes(h.ramMiBUsed),
        h.ramMiB === null ? null : mebibytes(h.ramMiB),
        h.ramMiB ? h.ramMiBUsed / h.ramMiB : null,
      ),
    ],
    [
      'disk',
      room(
        gibibytes(h.diskGiBUsed),
        h.diskGiB === null ? null : gibibytes(h.diskGiB),
        h.diskGiB ? h.diskGiBUsed / h.diskGiB : null,
      ),
    ],
  );
  if (h.cpu !== null) facts.push(['CPU sampled', percent(h.cpu)]);
  if (h.managementIp !== null) facts.push(['management address', h.managementIp]);
  if (h.vtepIp !== null) facts.push(['VTEP', h.vtepIp]);
  if (h.disabledReason !== null) facts.push(['disabled because', h.disabledReason]);
  return facts;
};

export const HostHead = ({ host, state }: { readonly host: HostState; readonly state: ClusterState }) => {
  const desk = useDesk();
  const vms = state.vms
    .filter((v) => v.host === host.name)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const drill = (): void => {
    if (!desk.faults.peek().includes(host.name)) desk.toggleFault(host.name);
    desk.selection.value = null;
    desk.place.value = 'drill';
  };
  return (
    <>
      <section>
        <Title name={host.name} id={null} />
        <Chips host={host} />
      </section>
      <section>
        <Facts facts={factsOf(host)} />
        <div class="row actions">
          <button type="button" class="btn small" onClick={drill} data-testid="drill-host">
            <Glyph name="fault" size={11} />
            Fail it in a drill
          </button>
        </div>
      </section>
      <section>
        <h3>
          {plural(vms.length, 'VM')} on it
          {vms.length > ROWS_SHOWN && <small>first {ROWS_SHOWN} by name</small>}
        </h3>
        {vms.length === 0 ? (
          <p class="muted">None at this instant.</p>
        ) : (
          <table class="rows">
            <tbody>
              {vms.slice(0, ROWS_SHOWN).map((v) => (
                <tr key={v.id}>
                  <td class="name">
                    <button type="button" class="link strong" onClick={() => desk.select(`vm:${v.id}`)}>
                      {v.name}
                    </button>
                  </td>
                  <td class={v.status === 'ERROR' ? 'critical-ink' : 'ink-2'}>{v.status}</td>
                  <td class="right">{v.ramMiB === null ? '' : mebibytes(v.ramMiB)}</td>
                  <td class="muted">{v.storage ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  );
};
