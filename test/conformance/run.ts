// npm run conformance [-- PART...] [--json]: compares the engine with data we did not write and prints the errors.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Check, Part, PartReport } from './part.ts';
import { parts } from './parts.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((a) => !a.startsWith('--'));
const dataDir = process.env['UNDERSTUDY_CONFORMANCE'] ?? join(import.meta.dirname, 'data');

const passes = (c: Check): boolean =>
  c.limit === null || (c.sense === 'at least' ? c.value >= c.limit : c.value <= c.limit);

const number = (x: number): string => (Number.isInteger(x) ? String(x) : x.toPrecision(4));

const print = (name: string, report: PartReport, ms: number): void => {
  console.log(`\n${name}  (${(ms / 1000).toFixed(1)} s)`);
  const width = Math.max(20, ...report.checks.map((c) => c.name.length));
  for (const c of report.checks) {
    const limit = c.limit === null ? '' : `  ${c.sense === 'at least' ? '>=' : '<='} ${number(c.limit)}`;
    const mark = c.limit === null ? '    ' : passes(c) ? 'ok  ' : 'FAIL';
    console.log(`  ${mark} ${c.name.padEnd(width)}  ${number(c.value)} ${c.unit}${limit}`);
  }
  for (const line of report.notes) console.log(`       ${line}`);
  for (const s of report.skipped) console.log(`  not run: ${s.name}: ${s.why}`);
};

const runPart = async (part: Part): Promise<PartReport> => {
  const missing = part.needs.filter((file) => !existsSync(join(dataDir, file)));
  if (missing.length > 0) {
    return { checks: [], notes: [], skipped: [{ name: part.name, why: `${missing.join(', ')} not in ${dataDir}` }] };
  }
  return part.run(dataDir);
};

const unknown = wanted.filter((w) => !parts.some((p) => p.name === w));
if (unknown.length > 0) {
  console.error(`No conformance part is called ${unknown.join(', ')}. Parts: ${parts.map((p) => p.name).join(', ')}.`);
  process.exit(2);
}

const reports: Record<string, PartReport> = {};
let passed = 0;
let failed = 0;
let skipped = 0;
for (const part of parts.filter((p) => wanted.length === 0 || wanted.includes(p.name))) {
  const started = performance.now();
  const report = await runPart(part);
  reports[part.name] = report;
  const judged = report.checks.filter((c) => c.limit !== null);
  passed += judged.filter(passes).length;
  failed += judged.filter((c) => !passes(c)).length;
  skipped += report.skipped.length;
  if (!json) print(part.name, report, performance.now() - started);
}
if (json) console.log(JSON.stringify({ dataDir, parts: reports, passed, failed, skipped }, null, 2));
else console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
