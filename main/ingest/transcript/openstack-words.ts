// The unified client's commands in the words of the older ones, so that each is understood in one place.
import { argumentsOf, PRINTING } from './words.ts';

/** Options of `openstack` that take a value (python-openstackclient, compute/v2/server.py and volume/v2/volume.py). */
const VALUED = new Set([
  ...PRINTING,
  ...(
    'flavor image image-property volume snapshot boot-from-volume block-device nic network port key-name security-group ' +
    'property file user-data description availability-zone host hypervisor-hostname hint min max tag live size type ' +
    'source snapshot password os-compute-api-version os-cloud'
  ).split(' '),
]);

const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

/** `openstack server migrate --live-migration --host compute-2 web` is `nova live-migration web compute-2`. */
const server = (verb: string, rest: readonly string[]): readonly string[] | null => {
  const { operands, options } = argumentsOf(rest, VALUED);
  const [name] = operands;
  if (name === undefined) return null;
  const host = options.get('host') ?? options.get('live');
  const to = host === undefined ? [] : [host];
  switch (verb) {
    case 'migrate': {
      if (!options.has('live-migration') && !options.has('live')) return ['nova', 'migrate', name];
      const block = options.has('block-migration') ? ['--block-migrate'] : [];
      return ['nova', 'live-migration', ...block, name, ...to];
    }
    case 'evacuate':
      return ['nova', 'evacuate', name, ...to];
    case 'create': {
      const volume = options.get('volume');
      const mapping = volume === undefined ? [] : ['--block-device-mapping', `vda=${volume}:::0`];
      const sizes = [...option('--flavor', options.get('flavor')), ...option('--image', options.get('image'))];
      return ['nova', 'boot', ...sizes, ...mapping, name];
    }
    default:
      return ['nova', verb, name];
  }
};

const volume = (verb: string, rest: readonly string[]): readonly string[] | null => {
  const { operands, options } = argumentsOf(rest, VALUED);
  const [name, size] = [operands[0], options.get('size')];
  if (verb !== 'create' || name === undefined || size === undefined) return null;
  return ['cinder', 'create', ...option('--image-id', options.get('image')), '--display-name', name, size];
};

/** Where the command begins: `openstack --os-cloud prod server list`. */
const afterGlobalOptions = (words: readonly string[]): number => {
  let at = 1;
  while (words[at]?.startsWith('--') === true) at += VALUED.has(words[at]?.slice(2) ?? '') ? 2 : 1;
  return at;
};

/** Words of a command as nova and cinder would have it; any other command as it is. */
export const inOldWords = (words: readonly string[]): readonly string[] => {
  if (words[0] !== 'openstack') return words;
  const [area, verb = '', ...rest] = words.slice(afterGlobalOptions(words));
  if (area === 'server') return server(verb, rest) ?? words;
  return (area === 'volume' ? volume(verb, rest) : null) ?? words;
};
