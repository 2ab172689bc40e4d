// Reads a plan that a planning command printed as JSON, perhaps edited since. What is not one is a sentence that names the place.
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { readConstraints } from '../../domain/planning/constraints.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import type { PlanRecord } from '../work/plan-job.ts';

const Text = Type.String({ minLength: 1 });
const Figure = Type.Number({ minimum: 0 });
const Names = Type.Array(Text);

const Move = Type.Object({
  vm: Text,
  name: Type.String(),
  source: Text,
  dest: Text,
  kind: Type.Union([Type.Literal('live'), Type.Literal('cold'), Type.Literal('stop')]),
  storage: Type.Union([Type.Literal('block'), Type.Literal('shared'), Type.Literal('volume')]),
  startMs: Figure,
  endMs: Figure,
  downtimeMs: Figure,
  bytes: Figure,
  after: Type.Array(Type.Integer({ minimum: 0 })),
});

const Goal = Type.Union([
  Type.Object({ kind: Type.Literal('drain'), hosts: Names }),
  Type.Object({
    kind: Type.Literal('make-room'),
    flavor: Type.Object({ name: Text, vcpus: Figure, ramMiB: Figure, diskGiB: Figure }),
    count: Type.Integer({ minimum: 1 }),
    hosts: Type.Union([Names, Type.Null()]),
  }),
  Type.Object({ kind: Type.Literal('repair') }),
  Type.Object({ kind: Type.Literal('rebalance'), margin: Figure, mostMoves: Figure }),
  Type.Object({ kind: Type.Literal('move') }),
]);

/** What applying, replanning and scoring lean on; the report is for people. */
const check = Compile(
  Type.Object({
    feasible: Type.Boolean(),
    drained: Names,
    goals: Type.Array(Goal, { minItems: 1 }),
    moves: Type.Array(Move),
    makespanMs: Figure,
    lowerBoundMs: Figure,
    blocked: Type.Array(
      Type.Object({ vm: Text, name: Type.String(), reasons: Type.Array(Type.Object({ code: Text })) }),
    ),
    at: Text,
    made: Type.Object({
      timeline: Text,
      seq: Type.Integer({ minimum: 0 }),
      hash: Type.String(),
      release: Type.Optional(Text),
    }),
    reached: Type.Array(Move),
    options: Type.Object({
      perHost: Type.Integer({ minimum: 1 }),
      nicBitsPerS: Type.Number({ exclusiveMinimum: 0 }),
      constraints: Type.Array(Type.Object({ kind: Text })), // what each says is read by `readConstraints`
      skip: Names,
      pins: Type.Array(Type.Object({ vm: Text, host: Text })),
      policies: Type.Array(Type.Object({ vms: Names, policy: Text })),
    }),
  }),
);

/** A literal that is not the one wanted is named by its place; the schema's own word for it says less. */
const messageOf = (message: string | undefined): string =>
  message === 'must be equal to constant' ? 'it is none that is known' : (message ?? 'something is missing');

/** The plan in a text; `path` names where it came from. */
export const planIn = (text: string, path: string): Result<PlanRecord, string> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(`${path} is not JSON. A plan is what a planning command prints with --json.`);
  }
  if (check.Check(value)) {
    const rules = readConstraints(value.options.constraints);
    if (!rules.ok) return err(`${path} is not a plan: ${rules.error}`);
    const plan = value as unknown as PlanRecord;
    // A plan kept since before an option was thought of was made as if it had its default.
    return ok({ ...plan, options: { ...PLAN_DEFAULTS, ...plan.options } });
  }
  const [first] = check.Errors(value);
  const where =
    first === undefined || first.instancePath === '' ? '' : ` at ${first.instancePath.slice(1).replaceAll('/', '.')}`;
  return err(
    `${path} is not a plan${where}: ${messageOf(first?.message)}. A plan is what a planning command prints with --json.`,
  );
};
