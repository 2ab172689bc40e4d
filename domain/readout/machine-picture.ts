// The life cycles of an entity as the window draws them: states in order, what leads where, which is current, when each was entered.
import type { Row } from '../base/brand.ts';
import { byteAt, NO_ROW, refAt, rowAt } from '../base/column.ts';
import { ABSENT, type Cluster } from '../cluster/cluster.ts';
import { vmStates } from '../cluster/codes.ts';
import { lifeOfMigration, statusOf } from '../cluster/fold/move.ts';
import type { Visit } from '../cluster/records.ts';
import { findRow, idAt, type Registry } from '../cluster/registry.ts';
import { visitsAt } from '../cluster/visits.ts';
import { idOf, kindOf } from '../events/entity.ts';
import { hostLife } from '../machines/host.ts';
import { type Lifecycle, step, REFUSED } from '../machines/lifecycle.ts';
import { tunnelLife } from '../machines/tunnel.ts';
import { vmLife } from '../machines/vm.ts';
import { volumeLife } from '../machines/volume.ts';
import type { MachinePicture } from './picture-types.ts';

/** Transitions to another state, once for each pair, with the first signal that makes them. */
const transitionsOf = (l: Lifecycle): MachinePicture['transitions'] =>
  l.states.flatMap((from, f) => {
    const seen = new Set<number>([f]);
    return l.signals.flatMap((signal, g) => {
      const to = step(l, f, g);
      if (to === REFUSED || seen.has(to)) return [];
      seen.add(to);
      return [{ from, to: l.states[to]!, signal }];
    });
  });

const drawn = (l: Lifecycle, current: string | null, visits: readonly Visit[], title: string): MachinePicture => {
  const enteredAt = new Map(visits.map(([state, at]) => [state, at as number]));
  const orders = [0, 0];
  return {
    title,
    states: l.states.map((id) => {
      const lane = l.exits.includes(id) ? 1 : 0;
      return { id, lane, order: orders[lane]!++, at: enteredAt.get(id) ?? null, current: id === current };
    }),
    transitions: transitionsOf(l),
  };
};

const ofMigration = (c: Cluster, m: Row): MachinePicture => {
  const life = lifeOfMigration(c, m);
  const { source, dest } = c.migrations.col;
  const name = (host: Row): string => (host === NO_ROW ? '?' : idAt(c.hosts.ids, host));
  const title = `${life.title} (${name(rowAt(source, m))} → ${name(rowAt(dest, m))})`;
  return drawn(life, statusOf(c, m), visitsAt(c.migrations.col.visits, m), title);
};

/** The VM's own life, and its move: the one in flight, else the last. */
const ofVm = (c: Cluster, vm: Row): readonly MachinePicture[] => {
  const v = c.vms.col;
  const own = drawn(vmLife, vmStates.word(byteAt(v.vmState, vm)), visitsAt(v.visits, vm), vmLife.title);
  const moving = rowAt(v.moving, vm);
  const move = moving === NO_ROW ? rowAt(v.moved, vm) : moving;
  return move === NO_ROW ? [own] : [ofMigration(c, move), own];
};

const presentRow = (
  table: { readonly ids: Registry; readonly col: { readonly present: Parameters<typeof byteAt>[0] } },
  id: string,
): Row => {
  const row = findRow(table.ids, id);
  return row !== NO_ROW && byteAt(table.col.present, row) !== ABSENT ? row : NO_ROW;
};

/** Life cycles of `kind:id` at this instant; none for kinds that have none and for entities this state does not know. */
export const machinePictures = (c: Cluster, address: string): readonly MachinePicture[] => {
  const id = idOf(address);
  switch (kindOf(address)) {
    case 'vm': {
      const vm = presentRow(c.vms, id);
      return vm === NO_ROW ? [] : ofVm(c, vm);
    }
    case 'migration': {
      const m = presentRow(c.migrations, id);
      return m === NO_ROW ? [] : [ofMigration(c, m)];
    }
    case 'host': {
      const host = presentRow(c.hosts, id);
      if (host === NO_ROW) return [];
      const life = byteAt(c.hosts.col.life, host);
      const current = hostLife.states[Math.max(0, life - 1)] ?? null;
      return [drawn(hostLife, current, visitsAt(c.hosts.col.visits, host), hostLife.title)];
    }
    case 'volume': {
      const row = presentRow(c.volumes, id);
      const volume = row === NO_ROW ? null : refAt(c.volumes.col.record, row);
      if (volume === null) return [];
      return [drawn(volumeLife, volume.status, visitsAt(c.volumes.col.visits, row), volumeLife.title)];
    }
    case 'tunnel': {
      const row = presentRow(c.tunnels, id);
      const tunnel = row === NO_ROW ? null : refAt(c.tunnels.col.record, row);
      return tunnel === null ? [] : [drawn(tunnelLife, tunnel.life, tunnel.visits, tunnelLife.title)];
    }
    case 'pool':
    case 'storage_node':
    case 'network':
    case 'port':
    case 'flavor':
    case 'aggregate':
    case 'server_group':
    case 'roster':
    case 'cluster':
      return [];
  }
};
