// Reads a fault as people write it: `vtep-down:compute-07`, `vxlan-port:compute-07,8472`.
import { err, ok, type Result } from '../base/result.ts';
import type { NetworkFault } from './fault.ts';
import type { ClusterState } from '../readout/state.ts';
import { findPorts } from './endpoint.ts';
import type { SeenCloud } from './from-state.ts';

/** How each fault is written, for help texts and refusals. */
export const FAULT_FORMS: Readonly<Record<NetworkFault['kind'], string>> = {
  'vtep-down': 'vtep-down:HOST',
  'tunnel-lost': 'tunnel-lost:HOST,HOST',
  'underlay-mtu': 'underlay-mtu:HOST,BYTES',
  'duplicate-vtep': 'duplicate-vtep:HOST,TWIN',
  'wrong-vni': 'wrong-vni:HOST,NETWORK,VNI',
  'vxlan-port': 'vxlan-port:HOST,UDP-PORT',
  'stale-fdb': 'stale-fdb:HOST,VM-OR-PORT,OLD-HOST',
};

const isKind = (word: string): word is NetworkFault['kind'] => Object.hasOwn(FAULT_FORMS, word);

/** Largest value of each number: IPv4's length field, VXLAN's 24 bits, UDP's 16. */
const LIMITS = { mtu: [68, 65_535], vni: [1, 0xffffff], udp: [1, 65_535] } as const;

/** Error: a sentence that names the word that is wrong, or the host, network or port that does not exist. */
export const parseFault = (
  written: string,
  { state, seen }: { readonly state: ClusterState; readonly seen: SeenCloud },
): Result<NetworkFault, string> => {
  const { cloud } = seen;
  const colon = written.indexOf(':');
  const kind = colon < 0 ? written : written.slice(0, colon);
  if (!isKind(kind))
    return err(`"${kind}" is no fault of the network. Write one as ${Object.values(FAULT_FORMS).join(', ')}.`);
  const words = colon < 0 ? [] : written.slice(colon + 1).split(',');
  const form = FAULT_FORMS[kind];
  if (words.length !== form.split(',').length || words.some((w) => w === ''))
    return err(`"${written}" is not a whole fault: write it as ${form}.`);
  const [one = '', two = '', three = ''] = words;
  const unknown = (host: string): boolean => !cloud.hosts.some((h) => h.host === host);
  const number = (word: string, [least, most]: readonly [number, number]): Result<number, string> => {
    const value = Number(word);
    return /^\d+$/.test(word) && value >= least && value <= most
      ? ok(value)
      : err(`"${word}" in "${written}" must be a whole number from ${least} to ${most}.`);
  };
  const noHost = (host: string) => err(`"${written}": there is no host ${host} at this instant.`);
  if (unknown(one)) return noHost(one);
  switch (kind) {
    case 'vtep-down':
      return ok({ kind, host: one });
    case 'tunnel-lost':
      return unknown(two) ? noHost(two) : ok({ kind, hosts: [one, two] });
    case 'duplicate-vtep':
      return unknown(two) ? noHost(two) : ok({ kind, host: one, twin: two });
    case 'underlay-mtu': {
      const mtuBytes = number(two, LIMITS.mtu);
      return mtuBytes.ok ? ok({ kind, host: one, mtuBytes: mtuBytes.value }) : mtuBytes;
    }
    case 'vxlan-port': {
      const udpPort = number(two, LIMITS.udp);
      return udpPort.ok ? ok({ kind, host: one, udpPort: udpPort.value }) : udpPort;
    }
    case 'wrong-vni': {
      const network = state.networks.find((n) => n.id === two || n.name === two)?.id ?? two;
      if (!cloud.networks.some((n) => n.id === network))
        return err(`"${written}": there is no network ${two} at this instant.`);
      const segmentationId = number(three, LIMITS.vni);
      return segmentationId.ok
        ? ok({ kind, host: one, network, segmentationId: segmentationId.value })
        : segmentationId;
    }
    case 'stale-fdb': {
      if (unknown(three)) return noHost(three);
      const ports = findPorts(state, seen, two);
      const [end] = ports.ok ? ports.value : [];
      return end === undefined
        ? err(`"${written}": there is no port and no VM ${two} at this instant.`)
        : ok({ kind, host: one, port: end.port.id, oldHost: three });
    }
  }
};
