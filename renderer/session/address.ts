// What a person has chosen, as the fragment of the window's address: `#/drill?branch=main&at=…&select=host:compute-1`.
import type { At } from '../../domain/contract/contract.ts';
import { isoInstant, parseInstant } from '../../domain/base/time.ts';
import { instant } from '../../domain/base/brand.ts';
import { isPlace, type PlaceId } from './places.ts';

export type Choice = {
  readonly place: PlaceId;
  readonly timeline: string;
  readonly at: At | null;
  readonly selection: string | null;
  /** The other side of a comparison; null: the parent at the same instant. */
  readonly against: { readonly timeline: string; readonly at: At | null } | null;
};

const writeAt = (at: At): string => isoInstant(instant(at.at)) + (at.seq === null ? '' : `~${at.seq}`);

const readAt = (text: string | null): At | null => {
  const [iso, seq] = (text ?? '').split('~');
  const at = parseInstant(iso ?? '');
  if (at === null) return null;
  return { at, seq: seq !== undefined && /^\d+$/.test(seq) ? Number(seq) : null };
};

export const writeAddress = (choice: Choice): string => {
  const q = new URLSearchParams({ branch: choice.timeline });
  if (choice.at !== null) q.set('at', writeAt(choice.at));
  if (choice.selection !== null) q.set('select', choice.selection);
  if (choice.against !== null) q.set('against', choice.against.timeline);
  if (choice.against?.at) q.set('againstAt', writeAt(choice.against.at));
  return `#/${choice.place}?${q.toString()}`;
};

/** What an address names; parts it leaves out or garbles are null, and the caller decides. */
export const readAddress = (
  fragment: string,
): Omit<Choice, 'place' | 'timeline'> & { readonly place: PlaceId | null; readonly timeline: string | null } => {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split('?');
  const q = new URLSearchParams(query);
  const against = q.get('against');
  return {
    place: isPlace(path) ? path : null,
    timeline: q.get('branch'),
    at: readAt(q.get('at')),
    selection: q.get('select'),
    against: against === null ? null : { timeline: against, at: readAt(q.get('againstAt')) },
  };
};

/** Whether two choices look at the same thing, whatever the instant. */
export const sameSubject = (
  a: Pick<ReturnType<typeof readAddress>, 'place' | 'timeline' | 'selection'>,
  b: Pick<Choice, 'place' | 'timeline' | 'selection'>,
): boolean => a.place === b.place && a.timeline === b.timeline && a.selection === b.selection;
