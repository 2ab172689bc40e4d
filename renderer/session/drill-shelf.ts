// Reports of drills run in this window, by log and branch, kept for the session: the branch itself holds only the facts.
import { signal } from '@preact/signals';
import type { DrillReport } from '../../domain/contract/contract.ts';

const KEY = 'understudy.drills.3'; // 3: with the record's own down times, and what was assumed
const MOST = 20; // reports of 600 VMs are about 200 KB each; sessionStorage holds 5 MB

type Shelf = Readonly<Record<string, DrillReport>>;

const read = (): Shelf => {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEY) ?? '{}') as Shelf;
  } catch {
    return {}; // written by another version of this window
  }
};

export class DrillShelf {
  readonly #reports = signal<Shelf>(read());

  of(log: string, branch: string): DrillReport | null {
    return this.#reports.value[`${log}\n${branch}`] ?? null;
  }

  /** Other drills of the same hosts in the same log, youngest first. */
  othersLike(log: string, branch: string, report: DrillReport): readonly (readonly [string, DrillReport])[] {
    const failed = (r: DrillReport): string => r.summary.failed.toSorted().join('\n');
    return Object.entries(this.#reports.value)
      .flatMap(([key, other]) => {
        const name = key.slice(log.length + 1);
        return key.startsWith(`${log}\n`) && name !== branch && failed(other) === failed(report)
          ? [[name, other] as const]
          : [];
      })
      .toReversed();
  }

  keep(log: string, branch: string, report: DrillReport): void {
    const kept = Object.entries(this.#reports.peek()).slice(1 - MOST);
    this.#reports.value = Object.fromEntries([...kept, [`${log}\n${branch}`, report]]);
    try {
      window.sessionStorage.setItem(KEY, JSON.stringify(this.#reports.peek()));
    } catch {
      window.sessionStorage.removeItem(KEY); // full: the reports stay in memory until the window closes
    }
  }
}
