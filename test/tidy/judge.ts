// Reads files as the compiler does and names every breach of the law: foreign imports, barrels, cycles, impure domain code.
import { posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { isKnownRoom, mayImportPackage, mayImportRoom, roomOf } from './law.ts';
import type { Sources } from './sources.ts';

type Read = {
  /** Every module it names, in imports, re-exports and dynamic imports. */
  readonly imports: readonly string[];
  readonly reexports: readonly string[];
  /** Uses of clock, chance, timers, process or console, as written. */
  readonly impurities: readonly string[];
};

const WORLDLY = new Set([
  'process',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'fetch',
]);
const WORLDLY_MEMBERS = new Set(['Date.now', 'Math.random', 'crypto.getRandomValues', 'crypto.randomUUID']);

const unquoted = (text: string): string => text.slice(1, -1);

const read = (path: string, text: string): Read => {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const reexports = module.staticExports.flatMap((statement) =>
    statement.entries.flatMap((entry) => (entry.moduleRequest === null ? [] : [entry.moduleRequest.value])),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end));
  const impurities: string[] = [];
  new Visitor({
    CallExpression: ({ callee }) => {
      if (callee.type === 'Identifier' && WORLDLY.has(callee.name)) impurities.push(callee.name);
    },
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier') return;
      const member = property.type === 'Identifier' ? `${object.name}.${property.name}` : object.name;
      if (WORLDLY.has(object.name) || WORLDLY_MEMBERS.has(member)) impurities.push(member);
    },
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) impurities.push('new Date()');
    },
  }).visit(program);
  return {
    imports: [...module.staticImports.map((i) => i.moduleRequest.value), ...reexports, ...dynamic.map(unquoted)],
    reexports,
    impurities,
  };
};

/** The file a relative import names, from the root; the name itself for packages. */
const resolved = (from: string, name: string): string =>
  name.startsWith('.') ? posix.join(posix.dirname(from), name) : name;

const judgeImport = (path: string, room: string, target: string, sources: Sources): string | null => {
  if (!sources.has(target)) {
    const isFile = target.includes('/') && /^(domain|main|renderer|test|migrations)\//.test(target);
    if (isFile)
      return /\.(css|svg|sql|json)$/.test(target) && roomOf(target) === room
        ? null
        : `${path} imports ${target}, which is no source file`;
    return mayImportPackage(room, target) ? null : `${path} imports the package ${target}`;
  }
  const to = roomOf(target);
  return to !== null && mayImportRoom(room, to) ? null : `${path} imports ${target}`;
};

/** One cycle for each strongly connected knot that a depth-first walk meets, as `a -> b -> a`. */
const cycles = (graph: ReadonlyMap<string, readonly string[]>): string[] => {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): void => {
    const from = trail.indexOf(path);
    if (from >= 0) return void found.push([...trail.slice(from), path].join(' -> '));
    if (done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) walk(next);
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) walk(path);
  return found;
};

/** Every breach of the law, as sentences; empty when all is well. */
export const breaches = (sources: Sources): string[] => {
  const found: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const [path, text] of sources) {
    const room = roomOf(path);
    if (room === null || !isKnownRoom(room)) {
      found.push(`${path} is in no room of the law`);
      continue;
    }
    const { imports, reexports, impurities } = read(path, text);
    const targets = imports.map((name) => resolved(path, name));
    graph.set(
      path,
      targets.filter((target) => sources.has(target)),
    );
    found.push(...targets.flatMap((target) => judgeImport(path, room, target, sources) ?? []));
    found.push(...reexports.map((name) => `${path} re-exports ${name}: import it from where it lives`));
    if (room.startsWith('domain/')) found.push(...impurities.map((use) => `${path} uses ${use}`));
  }
  return [...found, ...cycles(graph).map((cycle) => `cycle: ${cycle}`)];
};
