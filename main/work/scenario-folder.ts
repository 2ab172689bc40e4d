// A drill kept as a scenario: the log it was asked of, the question as a command line, the answer, and a page that tells it.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { err, ok } from '../../domain/base/result.ts';
import { isoInstant } from '../../domain/base/time.ts';
import type { Assumptions } from '../../domain/capacity/what-if.ts';
import type { DrillReport } from '../../domain/contract/contract.ts';
import type { DrillSettings } from '../../domain/drill/outcome.ts';
import { BY_HAND, profileUnder } from '../../domain/drill/settings.ts';
import { drillReport } from '../../domain/report/drill-report.ts';
import { releaseOf } from '../../domain/scheduling/release.ts';
import { markdown } from '../../domain/report/markdown.ts';
import type { Cut } from '../../domain/timeline/order.ts';
import { exportLines } from '../ingest/understudy-jsonl.ts';
import type { Log } from '../log/types.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { Answer } from './watcher.ts';

const LOG_FILE = 'cluster.jsonl.gz';
const RACKS_FILE = 'racks.csv';
const PLAIN_WORD = /^[\w.,:=@%+/#-]+$/;

/** As `commands.txt` has it: quotes around what a blank would break. A quote within cannot be written there. */
const word = (text: string): string => (PLAIN_WORD.test(text) ? text : `'${text.replaceAll('\n', ';')}'`);

/** What differs from recovery by hand under that release, which is what the command line takes when nothing is said. */
const settingWords = (settings: DrillSettings, release: string | null): readonly string[] => {
  const usual = profileUnder('nova', releaseOf({ release }));
  const { seed, method, reservedHosts, ...clocks } = settings;
  const changed = Object.entries(clocks).filter(([name, value]) => value !== usual[name as keyof DrillSettings]);
  return [
    ...(changed.length === 0 ? [] : ['--clock', ...changed.map(([name, value]) => `${name}=${value ?? 'none'}`)]),
    ...(method === BY_HAND.method ? [] : ['--method', method]),
    ...(reservedHosts.length === 0 ? [] : ['--reserve', ...reservedHosts]),
    ...(seed === BY_HAND.seed ? [] : ['--seed', seed]),
  ];
};

const optional = (option: string, value: string | number | null): readonly string[] =>
  value === null ? [] : [option, String(value)];

const assumptionWords = ({ release, ratios, without, added, racks }: Assumptions): readonly string[] => [
  ...optional('--release', release),
  ...optional('--vcpu-ratio', ratios.vcpu),
  ...optional('--ram-ratio', ratios.ram),
  ...optional('--disk-ratio', ratios.disk),
  ...(without.length === 0 ? [] : ['--without', ...without]),
  ...(added === null ? [] : ['--add', String(added.count), '--like', added.like]),
  ...optional('--racks', racks && `./${RACKS_FILE}`),
];

/** The drill as a command line, without the log it is asked of. */
export const drillCommand = ({ timeline, fail, script, settings, assume }: Rehearsal, cut: Cut): string =>
  [
    'drill',
    ...(timeline === 'main' ? [] : ['--timeline', timeline]),
    '--at',
    cut.seq === null ? isoInstant(cut.at) : String(cut.seq),
    ...(fail.length === 0 ? [] : ['--fail', ...fail]),
    ...(script === null ? [] : ['--script', script]),
    ...(assume === null ? [] : assumptionWords(assume)),
    ...settingWords(settings, assume?.release ?? null),
    '--json',
  ]
    .map(word)
    .join(' ');

const filesOf = (
  log: Log,
  asked: Rehearsal,
  cut: Cut,
  report: DrillReport,
): ReadonlyMap<string, string | Uint8Array> => {
  const command = drillCommand(asked, cut);
  const page = drillReport(report, {
    log: null,
    timeline: asked.timeline,
    at: isoInstant(cut.at),
    seq: cut.seq,
    hash: null,
  });
  const racks = Object.entries(asked.assume?.racks ?? {}).map(([host, rack]) => `${host},${rack}\n`);
  return new Map<string, string | Uint8Array>([
    ['README.md', markdown(page)],
    ['cluster.json', `${JSON.stringify({ import: `./${LOG_FILE}` })}\n`],
    [LOG_FILE, gzipSync(Buffer.from([...exportLines(log)].map((line) => `${line}\n`).join('')))],
    ...(racks.length === 0 ? [] : [[RACKS_FILE, racks.join('')] as const]),
    ['commands.txt', `${command}\n`],
    ['expected.log', `$ understudy ${command}\n${JSON.stringify({ ...report, branch: null })}\n\n`],
  ]);
};

/** Writes the folder, all of it or nothing. Errors: it exists already, it cannot be written, a name that holds a quote. */
export const saveScenario = (
  log: Log,
  asked: Rehearsal,
  cut: Cut,
  report: DrillReport,
  folder: string,
): Answer<string> => {
  const path = resolve(folder);
  if (existsSync(path)) {
    return err({ code: 'folder_exists', sentence: `There is already something at ${path}. Choose another folder.` });
  }
  if (JSON.stringify([asked.timeline, asked.fail, asked.script, asked.settings, asked.assume]).includes("'")) {
    return err({ code: 'bad_drill', sentence: "A scenario's commands cannot hold a name with a quote (')." });
  }
  const half = `${path}.half`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(half);
    for (const [name, content] of filesOf(log, asked, cut, report)) writeFileSync(`${half}/${name}`, content);
    renameSync(half, path);
    return ok(path);
  } catch (cause) {
    rmSync(half, { recursive: true, force: true });
    return err({ code: 'io', sentence: `The scenario cannot be written to ${path}: ${String(cause)}.` });
  }
};
