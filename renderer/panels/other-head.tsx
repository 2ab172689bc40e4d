// Volumes, pools, networks, migrations and tunnels in the inspector: their facts as the state holds them.
import type { ClusterState } from '../../domain/readout/state.ts';
import { clock, duration, gibibytes, moment, shortId } from '../../domain/readout/words.ts';
import { Facts, type Fact } from './facts.tsx';
import { Title } from './title.tsx';

type Found = { readonly title: string; readonly facts: readonly Fact[] };

const find = (kind: string, id: string, state: ClusterState): Found | null => {
  const vmName = (vm: string | null): string | null =>
    vm === null ? null : (state.vms.find((v) => v.id === vm)?.name ?? shortId(vm));
  switch (kind) {
    case 'migration': {
      const m = state.migrations.find((x) => x.id === id);
      if (m === undefined) return null;
      const ended = m.endedAt === null ? null : Date.parse(m.endedAt);
      const started = Date.parse(m.startedAt);
      return {
        title: `${m.type} of ${vmName(m.vm) ?? m.vm}`,
        facts: [
          ['status', m.status],
          ['source → dest', `${m.source ?? 'unknown'} → ${m.dest ?? 'unknown'}`],
          ['storage', m.kind],
          ['started', moment(started)],
          ['ended', ended === null ? 'under way' : `${clock(ended)}Z, after ${duration(ended - started)}`],
          ['downtime', m.downtimeMs === null ? null : duration(m.downtimeMs)],
          ...(m.reason === null ? [] : [['reason', m.reason] as const]),
          ['known', m.evidence],
        ],
      };
    }
    case 'pool': {
      const p = state.pools.find((x) => x.name === id);
      if (p === undefined) return null;
      return {
        title: p.name,
        facts: [
          ['kind', p.kind],
          ['layout', p.layout],
          ['replicas', p.replicas === null ? null : String(p.replicas)],
          ['transport', p.transport],
          ['status', p.status],
          [
            'size',
            p.sizeGiB === null
              ? null
              : `${p.usedGiB === null ? '' : `${gibibytes(p.usedGiB)} of `}${gibibytes(p.sizeGiB)}`,
          ],
          ...p.bricks.map((b, i): Fact => [`brick ${i + 1}`, `${b.host}:${b.path}`]),
          ...(p.mountedAt === null ? [] : [['mounted at', p.mountedAt] as const]),
        ],
      };
    }
    case 'volume': {
      const v = state.volumes.find((x) => x.id === id);
      if (v === undefined) return null;
      return {
        title: v.name === '' ? shortId(v.id) : v.name,
        facts: [
          ['status', v.status],
          ['size', v.sizeGiB === null ? null : gibibytes(v.sizeGiB)],
          ['attached to', vmName(v.vm) ?? 'nothing'],
          ['device', v.device ?? '–'],
          ['root disk', v.boot ? 'yes' : 'no'],
          ['backend', v.backend],
        ],
      };
    }
    case 'network': {
      const n = state.networks.find((x) => x.id === id);
      if (n === undefined) return null;
      return {
        title: n.name,
        facts: [
          ['type', n.type],
          ['segment', n.segment === null ? null : String(n.segment)],
          ['CIDR', n.cidr],
          ['MTU', n.mtu === null ? null : String(n.mtu)],
        ],
      };
    }
    case 'tunnel': {
      const t = state.tunnels.find((x) => x.id === id);
      if (t === undefined) return null;
      return {
        title: `${t.type} ${t.localIp} → ${t.remoteIp}`,
        facts: [
          ['host', t.host],
          ['remote host', t.remoteHost],
          ['up', t.up ? 'yes' : 'no'],
        ],
      };
    }
    default:
      return null;
  }
};

export const OtherHead = ({
  kind,
  id,
  state,
}: {
  readonly kind: string;
  readonly id: string;
  readonly state: ClusterState;
}) => {
  const found = find(kind, id, state);
  return (
    <section>
      <Title name={found?.title ?? shortId(id)} id={id} />
      {found === null ? (
        <p class="ink-2">
          This {kind === 'vm' ? 'VM' : kind.replaceAll('_', ' ')} does not exist at this instant. Its story says when it
          does.
        </p>
      ) : (
        <Facts facts={found.facts} />
      )}
    </section>
  );
};
