// One scenario folder: its cluster put into a log, its commands run one by one, their answers as text.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInstant } from '../../domain/base/time.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { commands } from '../../main/shell/commands.ts';
import { runCommandLine } from '../../main/shell/command-line/run.ts';
import { openForUse } from '../../main/work/open-log.ts';

const ROOT = join(import.meta.dirname, '..', '..');

type Facts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Cluster =
  | { readonly import: string }
  | { readonly generate: Readonly<Record<string, string | number>> }
  | {
      readonly at: string;
      readonly flavors?: Facts;
      readonly hosts: Facts;
      readonly pools?: Facts;
      readonly serverGroups?: Facts;
      readonly vms: Facts;
      /** Anything else, as the dictionary has it. */
      readonly facts?: readonly { readonly type: string; readonly entity: string; readonly data: unknown }[];
    };

/** Runs one command line in this process and gives back what it said, with its status where that is not 0. */
const answer = async (argv: readonly string[]): Promise<string> => {
  let said = '';
  const terminal = {
    write: (text: string) => {
      said += text;
      return Promise.resolve();
    },
    warn: (line: string) => void (said += `${line}\n`),
    status: () => {},
  };
  const status = await runCommandLine(argv, commands, terminal);
  return said + (status === 0 ? '' : `(exit ${status})\n`);
};

/** Words of a command, quotes kept together: `drill --script 'fail compute-1'`. */
export const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

const hostFacts = (name: string, data: Readonly<Record<string, unknown>>) => {
  const { up, enabled, ...about } = data;
  const service = { up: up ?? true, enabled: enabled ?? true };
  return [
    { type: 'host.reported', entity: `host:${name}`, data: about },
    { type: 'host.service_reported', entity: `host:${name}`, data: service },
  ];
};

const factsOf = (cluster: Extract<Cluster, { at: string }>): readonly Candidate[] => {
  const at = parseInstant(cluster.at);
  if (at === null) throw new Error(`${cluster.at} is not an instant`);
  const listed = (kind: string, facts: Facts = {}) =>
    Object.entries(facts).map(([id, data]) => ({ type: `${kind}.reported`, entity: `${kind}:${id}`, data }));
  const facts = [
    ...listed('flavor', cluster.flavors),
    ...Object.entries(cluster.hosts).flatMap(([name, data]) => hostFacts(name, data)),
    ...listed('pool', cluster.pools),
    ...listed('server_group', cluster.serverGroups),
    ...Object.entries(cluster.vms).map(([id, data]) => ({
      type: 'vm.reported',
      entity: `vm:${id}`,
      data: { name: id, vmState: 'active', powerState: 'RUNNING', ...data },
    })),
    ...(cluster.facts ?? []),
  ];
  return facts.map((fact, i) => ({ ...fact, v: 1, at, evidence: 'observed', line: i + 1, key: null }) as Candidate);
};

const write = (path: string, events: readonly Candidate[]): void => {
  const opened = openForUse(path, { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  const log = opened.value;
  const main = log.timeline('main');
  if (!main.ok) throw new Error(main.error.sentence);
  const source = { id: 'scenario', name: 'cluster.json', format: 'scenario' };
  const batch = { source, throughLine: events.length, done: true, events, refused: [] };
  const appended = log.append(main.value, log.head(main.value), batch);
  if (!appended.ok) throw new Error(appended.error.sentence);
  log.close();
};

/** A path that begins with `./` is the folder's own. */
const inFolder = (folder: string, text: string): string => (text.startsWith('./') ? join(folder, text) : text);

const build = async (cluster: Cluster, path: string, folder: string): Promise<void> => {
  if ('at' in cluster) return write(path, factsOf(cluster));
  const argv =
    'import' in cluster
      ? ['import', cluster.import.startsWith('./') ? join(folder, cluster.import) : join(ROOT, cluster.import)]
      : ['generate', ...Object.entries(cluster.generate).flatMap(([option, value]) => [`--${option}`, String(value)])];
  const said = await answer([...argv, '--log', path]);
  if (said.includes('(exit')) throw new Error(said);
};

/** Every command of the folder with what it answers, as `expected.log` has it. */
export const play = async (folder: string): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), 'understudy-scenario-'));
  try {
    const log = join(dir, 'scenario.understudy');
    await build(JSON.parse(readFileSync(join(folder, 'cluster.json'), 'utf8')) as Cluster, log, folder);
    const lines = readFileSync(join(folder, 'commands.txt'), 'utf8').split('\n');
    const asked = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    let told = '';
    for (const line of asked)
      told += `$ understudy ${line}\n${await answer([...wordsOf(line).map((word) => inFolder(folder, word)), '--log', log])}\n`;
    return told;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};
