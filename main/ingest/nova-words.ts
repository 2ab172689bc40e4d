// Nova's words as its clients print them, turned into the dictionary's: statuses, power states, networks, times.
import { API_STATUSES, POWER_STATES, TASK_STATES, VM_STATES } from '../../domain/events/vm-events.ts';

const among = <T extends string>(values: readonly T[]): ((word: string) => T | null) => {
  const known = new Map<string, T>(values.map((value) => [value.toLowerCase(), value]));
  return (word) => known.get(word.trim().toLowerCase()) ?? null;
};

export const apiStatus = among(API_STATUSES);
export const vmState = among(VM_STATES);
export const taskState = among(TASK_STATES);

// nova/objects/fields.py, InstancePowerState: 2 and 5 are unused.
const POWER_NUMBERS: Readonly<Record<string, (typeof POWER_STATES)[number]>> = {
  0: 'NOSTATE',
  1: 'RUNNING',
  3: 'PAUSED',
  4: 'SHUTDOWN',
  6: 'CRASHED',
  7: 'SUSPENDED',
};
const powerWord = among(POWER_STATES);
/** Nova's clients print a word (`Running`), its API a number, its notifications a lower-case word (`pending` is 0). */
export const powerState = (text: string): (typeof POWER_STATES)[number] | null =>
  POWER_NUMBERS[text.trim()] ?? (text.trim().toLowerCase() === 'pending' ? 'NOSTATE' : powerWord(text));

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?$/;
/** Milliseconds since 1970 of a time as OpenStack writes it; a time without a zone is UTC. Null when it is none. */
export const instantOf = (text: string): number | null => {
  const parts = TIME.exec(text.trim());
  if (parts === null) return null;
  const [, date = '', time = '', fraction = '', zone = 'Z'] = parts;
  const at = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(at) ? null : at;
};

export type Address = { readonly network: string; readonly ip: string };

const isIp = (text: string): boolean =>
  /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) || /^[0-9a-f:]*:[0-9a-f:.]+$/i.test(text);

const onNetwork = (network: string, ips: string): readonly Address[] =>
  ips
    .split(',')
    .map((ip) => ip.trim().replaceAll(/^u?['"]|['"]$/g, ''))
    .filter((ip) => network !== '' && isIp(ip))
    .map((ip) => ({ network, ip }));

/** `{'net-a': ['10.0.0.3'], 'net-b': […]}`: how `-f csv` and `-f value` print what a table prints as `net-a=10.0.0.3`. */
const LISTED = /['"]([^'"]+)['"]\s*:\s*\[([^\][]*)\]/g;

/** `net-a=10.0.0.3, 172.24.4.3; net-b=10.1.0.3` as the clients print it. What is no address is left out. */
export const addressesOf = (text: string): readonly Address[] => {
  if (text.startsWith('{')) return [...text.matchAll(LISTED)].flatMap(([, net = '', ips = '']) => onNetwork(net, ips));
  return text.split(';').flatMap((part) => {
    const [network = '', ips = ''] = part.split('=', 2).map((s) => s.trim());
    return onNetwork(network, ips);
  });
};

/** `hw:cpu_policy='dedicated', hw:mem_page_size='1GB'` in tables, `{'hw:cpu_policy': 'dedicated'}` and `name=value; …` elsewhere. */
export const specsIn = (text: string | null): Record<string, string> | null => {
  if (text === null) return null;
  const pairs = [...text.matchAll(/(['"]?)([\w:.-]+)\1\s*(?:=|:\s)\s*(?:'([^']*)'|"([^"]*)"|([^,;}]*))/g)];
  const specs = pairs.map(([, , key = '', a, b, c]) => [key, (a ?? b ?? c ?? '').trim()] as const);
  return specs.length === 0 ? null : Object.fromEntries(specs);
};
