// The one door where what an importer read becomes a fact. Inside the program nobody checks again.
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { type Candidate, dictionary, EVIDENCE } from '../../domain/events/dictionary.ts';
import { ENTITY_KINDS } from '../../domain/events/entity.ts';

/** No cluster is older than its mainframe's clock, and nothing a log can say happens after this. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);
const LONGEST_ENTITY = 512; // a kind, a colon and the longest name Nova stores, with room for compound ids
const LONGEST_KEY = 256;

type Checked = { readonly v: number; readonly data: ReturnType<typeof Compile> };

// Compiled once, at start-up: 15 ns an event instead of 0.5 µs (TypeBox generates code).
const shapes = new Map<string, Checked>(
  dictionary.map((entry) => [entry.type, { v: entry.v, data: Compile(entry.data as TSchema) }]),
);
const kinds = new Set<string>(ENTITY_KINDS);
const evidences = new Set<string>(EVIDENCE);

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);

const wrongEnvelope = (raw: Record<string, unknown>): string | null => {
  const { at, entity, evidence, line, key } = raw;
  if (typeof at !== 'number' || !Number.isFinite(at)) return 'it has no instant';
  if (at < EARLIEST || at > LATEST) return `its instant ${String(at)} is not between the years 1970 and 2200`;
  if (
    typeof entity !== 'string' ||
    entity.length > LONGEST_ENTITY ||
    !kinds.has(entity.slice(0, entity.indexOf(':')))
  ) {
    return `"${String(entity).slice(0, 60)}" is not the address of an entity (kind:id)`;
  }
  if (typeof evidence !== 'string' || !evidences.has(evidence)) return `its evidence is none of ${EVIDENCE.join(', ')}`;
  if (typeof line !== 'number' || !Number.isInteger(line) || line < 0) return 'it has no line number';
  if (key !== null && (typeof key !== 'string' || key.length > LONGEST_KEY)) return 'its key is not a short text';
  return null;
};

/** Turns anything into a fact, or into the reason (a clause of a sentence) why it is none. */
export const accept = (raw: unknown): Result<Candidate, string> => {
  if (!isObject(raw)) return err('it is not an event');
  const shape = shapes.get(String(raw['type']));
  if (shape === undefined)
    return err(`"${String(raw['type']).slice(0, 60)}" is not a type of event this version knows`);
  if (raw['v'] !== shape.v) {
    return err(`version ${JSON.stringify(raw['v'])} of ${String(raw['type'])} is not one this version reads`);
  }
  const wrong = wrongEnvelope(raw);
  if (wrong !== null) return err(wrong);
  if (shape.data.Check(raw['data'])) return ok(raw as unknown as Candidate);
  const [first] = shape.data.Errors(raw['data']); // the slow path, only for what is refused
  return err(`${String(raw['type'])}${first === undefined ? '' : ` ${first.instancePath} ${first.message}`}`);
};
