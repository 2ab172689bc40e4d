// RAM host by host: allocated, usable by the chosen flavor, and stranded where no such VM fits whole.
import { useMemo } from 'preact/hooks';
import { ANYWHERE, type FlavorSize } from '../../domain/capacity/flavors.ts';
import { type HostRoom, hostRooms } from '../../domain/capacity/host-room.ts';
import { LIMIT_WORDS } from '../../domain/capacity/slots.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { count, mebibytes } from '../../domain/readout/words.ts';

const RAM = 'MEMORY_MB' as const;

const about = (r: HostRoom): string => {
  const room = `${r.host}: ${mebibytes(r.used[RAM])} allocated, ${mebibytes(r.free[RAM])} free`;
  if (r.slots.says === 'closed') return `${room}; takes none (${r.slots.by})`;
  if (r.slots.says === 'unknown') return `${r.host}: its capacity is not in the log`;
  return `${room}, ${mebibytes(r.stranded[RAM])} of it stranded; takes ${r.slots.count}, then ${LIMIT_WORDS[r.slots.limit]} stops`;
};

const Bar = ({ room, most }: { readonly room: HostRoom; readonly most: number }) => {
  const takes = room.slots.says === 'takes';
  const share = (mib: number): string => `${most === 0 ? 0 : (mib / most) * 100}%`;
  const usable = takes ? room.free[RAM] - room.stranded[RAM] : 0;
  const lost = takes ? room.stranded[RAM] : room.free[RAM];
  return (
    <span class={`room ${takes ? '' : 'closed'}`} title={about(room)}>
      <i class="usable" style={{ height: share(usable) }} />
      <i class="lost" style={{ height: share(lost) }} />
      <i class="taken" style={{ height: share(room.used[RAM]) }} />
    </span>
  );
};

export const Fragmentation = ({ state, flavor }: { readonly state: ClusterState; readonly flavor: FlavorSize }) => {
  const rooms = useMemo(() => {
    const all = hostRooms(state, flavor, ANYWHERE);
    const isOpen = (r: HostRoom): boolean => r.slots.says === 'takes';
    return [...all].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.free[RAM] - a.free[RAM]);
  }, [state, flavor]);
  const most = Math.max(0, ...rooms.map((r) => r.used[RAM] + r.free[RAM]));
  const open = rooms.filter((r) => r.slots.says === 'takes');
  const total = (of: (r: HostRoom) => number): number => open.reduce((n, r) => n + of(r), 0);
  const free = total((r) => r.free[RAM]);
  const lost = total((r) => r.stranded[RAM]);
  return (
    <div class="rooms" data-testid="rooms">
      <div class="room-bars" role="img" aria-label={`RAM by host for ${flavor.name}`}>
        {rooms.map((room) => (
          <Bar key={room.host} room={room} most={most} />
        ))}
      </div>
      <p class="room-key">
        <i class="taken" /> allocated <i class="usable" /> usable by {flavor.name} <i class="lost" /> stranded or closed
      </p>
      <p class="fit-note">
        Of {mebibytes(free)} RAM free on {count(open.length)} open hosts {mebibytes(lost)} is stranded for {flavor.name}
        ; the largest free block is {mebibytes(Math.max(0, ...open.map((r) => r.free[RAM])))}.
      </p>
    </div>
  );
};
