// Which of the names that exist somebody meant who wrote one that does not.

/** Letters to change, leave out or put in to make one of the other; more than `most` is said to be `most + 1`. */
const distance = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
};

/** Two slips of the pen; more is another word. */
const MOST_SLIPS = 2;

/** Letters only, in small ones: how names are written differs more than what they say. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The name of `names` nearest to `written`, null where none is near. */
export const nearName = (written: string, names: readonly string[]): string | null => {
  let best: string | null = null;
  let least = MOST_SLIPS + 1;
  for (const name of names) {
    const slips = distance(plain(written), plain(name), MOST_SLIPS);
    if (slips < least) [best, least] = [name, slips];
  }
  return best;
};
