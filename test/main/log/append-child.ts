// Run as a process of its own by the kill test: imports a source from where it stands, printing the head after each batch.
import { inBatches, someEvents } from '../../bench/log-events.ts';
import { openLog } from '../../../main/log/log.ts';

const [path, seed, count, size] = process.argv.slice(2);
const opened = openLog(path!, { create: true });
if (!opened.ok) throw new Error(opened.error.sentence);
const log = opened.value;
const main = log.timeline('main');
if (!main.ok) throw new Error(main.error.sentence);
const reached = log.progress(main.value, `run:kill:${seed}`)?.throughLine ?? 0;
process.stdout.write('ready\n');
for (const batch of inBatches(`run:kill:${seed}`, someEvents(seed!, Number(count)), Number(size))) {
  if (batch.throughLine <= reached) continue;
  const appended = log.append(main.value, log.head(main.value), batch);
  if (!appended.ok) throw new Error(appended.error.sentence);
  process.stdout.write(`${appended.value.head}\n`);
}
log.close();
