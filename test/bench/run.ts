// npm run bench [-- --events N] [--json]: how fast we are beside the bare cost of the same work, in one run.
import { benchText } from '../../main/shell/command-line/bench-text.ts';
import { historyBench } from '../../main/work/history-bench.ts';
import { bench as consolidationBench } from './consolidation.ts';
import { bench as drillBench } from './drill.ts';
import { bench as logBench } from './log.ts';
import { migrationBench } from './migration.ts';
import { planningBench, planningText } from './planning.ts';
import { trafficBench } from './traffic.ts';

const DEFAULT_EVENTS = 1_000_000;

const args = process.argv.slice(2);
const json = args.includes('--json');
const at = args.indexOf('--events');
const events = at < 0 ? DEFAULT_EVENTS : Number(args[at + 1]);
if (!Number.isInteger(events) || events < 10_000) {
  console.error(`--events takes a whole number from 10000 on, not ${args[at + 1]}.`);
  process.exit(2);
}

const number = (x: number): string =>
  Math.abs(x) >= 1000 ? Math.round(x).toLocaleString('en').replaceAll(',', ' ') : x.toPrecision(3);

const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'met' : 'MISSED');

const log = await logBench();
const history = await historyBench(events);
const consolidation = await consolidationBench();
const migration = migrationBench();
const planning = planningBench();
const drills = drillBench();
const traffic = trafficBench();

if (json) console.log(JSON.stringify({ log, history, drills, consolidation, migration, planning, traffic }, null, 2));
else {
  console.log('The log by itself');
  process.stdout.write(benchText({ ratios: log, figures: [] }));
  console.log(`History of ${number(events)} events (1 000 hosts, 20 000 VMs)`);
  process.stdout.write(benchText(history));
  console.log('Drills (1 000 hosts, 20 000 VMs)');
  for (const d of drills) {
    const met = verdict(d.ms <= d.targetMs);
    console.log(`  ${d.name.padEnd(44)} ${number(d.ms).padStart(9)} ms <= ${number(d.targetMs)} ${met}  ${d.note}`);
  }
  console.log('Consolidation');
  for (const c of consolidation) {
    const peer = c.peerMs === null ? '' : `  peer ${number(c.peerMs)} ms`;
    const met = verdict(c.oursMs <= c.targetMs);
    console.log(
      `  ${c.name.padEnd(44)} ${number(c.oursMs).padStart(9)} ms <= ${number(c.targetMs)} ${met}${peer}  ${c.note}`,
    );
  }
  console.log('Traffic (1 000 hosts, 20 000 VMs)');
  for (const f of traffic) {
    const target = f.target === null ? '' : `>= ${number(f.target)}`;
    console.log(
      `  ${f.name.padEnd(44)} ${number(f.value).padStart(9)} ${f.unit} ${target} ${verdict(f.target === null ? null : f.value >= f.target)}`,
    );
  }
  console.log('Migrations predicted');
  for (const f of migration) {
    const isMet = f.sense === 'at least' ? f.value >= f.target : f.value <= f.target;
    const sign = f.sense === 'at least' ? '>=' : '<=';
    console.log(
      `  ${f.name.padEnd(44)} ${number(f.value).padStart(9)} ${f.unit} ${sign} ${number(f.target)} ${verdict(isMet)}`,
    );
  }
  console.log('Plans: makespan over its lower bound, and beside the best plan of fixed parallelism found in hindsight');
  process.stdout.write(planningText(planning));
}
