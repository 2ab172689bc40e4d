// Plays every story in a real browser against the real shell; one line a story, the count last.
import { planning } from './capacity.e2e.ts';
import { comparing } from './compare.e2e.ts';
import { consolidating } from './consolidate.e2e.ts';
import { drilling } from './drill.e2e.ts';
import { findChromium, launch } from './browser.ts';
import { importing } from './import.e2e.ts';
import { inspecting } from './inspect.e2e.ts';
import { losing } from './link.e2e.ts';
import { looks } from './looks.e2e.ts';
import { draining, goals } from './migrate.e2e.ts';
import { tracing } from './network.e2e.ts';
import { opening } from './opening.e2e.ts';
import { reporting } from './report.e2e.ts';
import { scrubbing } from './scrub.e2e.ts';
import { play, type Story } from './story.ts';

const STORIES: readonly Story[] = [
  opening,
  importing,
  scrubbing,
  inspecting,
  drilling,
  comparing,
  planning,
  consolidating,
  tracing,
  draining,
  goals,
  reporting,
  losing,
  looks,
];

const wanted = process.argv.slice(2);
const stories = STORIES.filter((s) => wanted.length === 0 || wanted.some((w) => s.name.startsWith(w)));
const path = findChromium();
let passed = 0;
let failed = 0;
if (path === null) {
  console.log('No Chromium was found: set UNDERSTUDY_CHROMIUM, or install one with `npx playwright install chromium`.');
} else {
  const browser = await launch(path);
  for (const story of stories) {
    try {
      await play(browser, story);
      passed += 1;
      console.log(`ok      ${story.name}`);
    } catch (cause) {
      failed += 1;
      console.log(
        `FAILED  ${story.name}\n        ${cause instanceof Error ? cause.message.replaceAll('\n', '\n        ') : String(cause)}`,
      );
    }
  }
  await browser.close();
}
const skipped = path === null ? stories.length : 0;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
