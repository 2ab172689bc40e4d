// Reports of drills run in this window, by log and branch, kept for the session: the branch itself holds only the facts.
import { signal } from '@preact/signals';
import type { DrillReport } from '../../domain/contract/contract.ts';

const KEY = 'understudy.drills';
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
