// Assumptions as facts, so that a branch can hold them: what a report of each host would say if the cluster were so.
import type { Instant } from '../base/brand.ts';
import type { Candidate as Fact } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import type { ClusterState, HostState } from '../readout/state.ts';
import { releaseOf } from '../scheduling/release.ts';

type Reported = Extract<Fact, { type: 'host.reported' }>['data'];
type Service = Extract<Fact, { type: 'host.service_reported' }>['data'];

/** What a host is by the rules of its state: a ratio that nobody set is the release's. */
const described = (host: HostState, state: ClusterState): Reported => {
  const { vcpuRatio, ramRatio, diskRatio } = releaseOf(state);
  const told = {
    zone: host.az,
    rack: host.rack,
    aggregates: host.aggregates.length === 0 ? null : host.aggregates,
    hypervisorVersion: host.hypervisorVersion,
    vcpus: host.vcpus,
    ramMiB: host.ramMiB,
    diskGiB: host.diskGiB,
    vcpuRatio: host.vcpuRatio ?? vcpuRatio,
    ramRatio: host.ramRatio ?? ramRatio,
    diskRatio: host.diskRatio ?? diskRatio,
    reservedVcpus: host.reservedVcpus,
    reservedRamMiB: host.reservedRamMiB,
    reservedDiskGiB: host.reservedDiskGiB,
    pcpus: host.pcpus,
    reservedPcpus: host.reservedPcpus,
    units: host.units.length === 0 ? null : host.units,
    numaCells: host.numaCells,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
};

/** The fields of `b` that are not in `a` just so. */
const news = (a: Reported, b: Reported): Reported => {
  const known = new Map<string, unknown>(Object.entries(a));
  return Object.fromEntries(
    Object.entries(b).filter(([field, value]) => JSON.stringify(known.get(field)) !== JSON.stringify(value)),
  );
};

const isNothing = (data: object): boolean => Object.keys(data).length === 0;

/**
 * What has to be told for the cluster of `now` to be that of `then`, host by host, as assumptions of one instant. Filters and
 * rules of another release are no facts about hosts: of a release only the ratios are kept.
 */
export const assumedFacts = (now: ClusterState, then: ClusterState, at: Instant): readonly Fact[] => {
  const known = new Map(now.hosts.map((host) => [host.name, host]));
  const facts: Fact[] = [];
  const tell = (host: string, fact: Pick<Fact, 'type' | 'v' | 'data'>): void => {
    const place = { entity: entity('host', host), at, evidence: 'assumed', line: facts.length + 1, key: null };
    facts.push({ ...fact, ...place } as Fact);
  };
  for (const host of then.hosts) {
    const before = known.get(host.name);
    const data = news(before === undefined ? {} : described(before, now), described(host, then));
    if (!isNothing(data)) tell(host.name, { type: 'host.reported', v: 1, data });
    const service: Service =
      before === undefined
        ? { up: true, enabled: true }
        : host.enabled === before.enabled
          ? {}
          : { enabled: host.enabled === true, reason: 'taken out, as assumed' };
    if (!isNothing(service)) tell(host.name, { type: 'host.service_reported', v: 1, data: service });
  }
  return facts;
};
