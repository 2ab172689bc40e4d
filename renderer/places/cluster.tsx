// Cluster: every host and VM at the instant, deviations first.
import { useDesk } from '../session/desk.ts';
import type { PictureCounts } from '../../domain/readout/picture-types.ts';
import { count, plural } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { Segments } from '../panels/segments.tsx';
import { VmTable } from './vm-table.tsx';

const Verdict = ({ counts: c }: { readonly counts: PictureCounts }) => {
  const onlyDown = c.hostsDown - c.hostsFenced;
  const rest = [
    `${count(c.vms)} VMs`,
    plural(c.hosts, 'host'),
    c.shutoff > 0 ? `${count(c.shutoff)} SHUTOFF` : null,
  ].filter((part) => part !== null);
  return (
    <div class="verdicts">
      {c.hostsFenced > 0 && (
        <span class="badge bad">
          <Glyph name="fenced" />
          {plural(c.hostsFenced, 'host')} fenced
        </span>
      )}
      {onlyDown > 0 && (
        <span class="badge bad">
          <Glyph name="down" />
          {plural(onlyDown, 'host')} down
        </span>
      )}
      {c.error > 0 && (
        <span class="badge bad">
          <Glyph name="error" />
          {plural(c.error, 'VM')} in ERROR
        </span>
      )}
      {c.rebuilding > 0 && (
        <span class="badge mot">
          <Glyph name="rebuild" />
          {plural(c.rebuilding, 'VM')} rebuilding
        </span>
      )}
      {c.moving > 0 && (
        <span class="badge mot">
          <Glyph name="arrow" />
          {plural(c.moving, 'VM')} migrating
        </span>
      )}
      {rest.map((part) => (
        <span class="figure" key={part}>
          {part}
        </span>
      ))}
    </div>
  );
};

export const ClusterPlace = () => {
  const desk = useDesk();
  const picture = desk.picture.value;
  const empty = picture !== null && picture.hosts.length === 0;
  const asTable = desk.asTable.value && !empty;
  const state = desk.states.value.value;
  return (
    <>
      <div class="top">
        <h1>Cluster</h1>
        {picture !== null && !empty && <Verdict counts={picture.counts} />}
        <Segments
          label="Colour cells by"
          value={desk.measure.value}
          choices={[
            ['cpu', 'CPU load'],
            ['ram', 'RAM'],
            ['vcpus', 'vCPU'],
          ]}
          onChoose={(m) => (desk.measure.value = m)}
        />
        <Segments
          class="drop-narrow"
          label="Group hosts by"
          value={desk.groupBy.value}
          choices={[
            ['rack', 'Rack'],
            ['az', 'AZ'],
          ]}
          onChoose={(g) => (desk.groupBy.value = g)}
        />
        <Segments
          label="Shown as"
          value={desk.asTable.value ? 'table' : 'map'}
          choices={[
            ['map', 'Map'],
            ['table', 'Table'],
          ]}
          onChoose={(shown) => (desk.asTable.value = shown === 'table')}
        />
      </div>
      {empty && (
        <p class="empty">
          No hosts at this instant. Move the cursor on, or drop files anywhere to import: Nova notifications,
          transcripts of nova and openstack commands, oslo logs, Understudy's own JSON lines.
        </p>
      )}
      {asTable && state !== null && <VmTable vms={state.vms} />}
      {picture !== null && !empty && !asTable && (
        <ClusterMap
          picture={picture}
          measure={desk.measure.value}
          groupBy={desk.groupBy.value}
          selected={desk.selection.value}
          faults={[]}
          onPick={(entity) => desk.select(entity)}
        />
      )}
    </>
  );
};
