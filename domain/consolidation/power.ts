// Watts as a function of CPU utilization: SPECpower tables and the linear idle/max model.
import { assert } from '../base/result.ts';

/** Watts at 0, 10, ..., 100 % load: eleven values. */
export type PowerTable = readonly number[];

/**
 * SPECpower_ssj2008 results of seven servers as CloudSim tabulates them (watts at each tenth of load).
 * Source: spec.org/power_ssj2008 result pages named in CloudSim's PowerModelSpecPower classes.
 */
export const SPEC_POWER = {
  'hp-ml110-g3-pentium-d930': [105, 112, 118, 125, 131, 137, 147, 153, 157, 164, 169],
  'hp-ml110-g4-xeon-3040': [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117],
  'hp-ml110-g5-xeon-3075': [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135],
  'ibm-x3250-xeon-x3470': [41.6, 46.7, 52.3, 57.9, 65.4, 73, 80.7, 89.5, 99.6, 105, 113],
  'ibm-x3250-xeon-x3480': [42.3, 46.7, 49.7, 55.4, 61.8, 69.3, 76.1, 87, 96.1, 106, 113],
  'ibm-x3550-xeon-x5670': [66, 107, 120, 131, 143, 156, 173, 191, 211, 229, 247],
  'ibm-x3550-xeon-x5675': [58.4, 98, 109, 118, 128, 140, 153, 170, 189, 205, 222],
} as const satisfies Record<string, PowerTable>;

export type ServerModel = keyof typeof SPEC_POWER;

const LINEAR = /^linear:(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/;

/** The table of a server by name, or of `linear:IDLE:MAX` in watts, idle not above max; null when it is neither. */
export const powerTableOf = (model: string): PowerTable | null => {
  const [, idle, most] = LINEAR.exec(model) ?? [];
  if (idle !== undefined && most !== undefined)
    return Number(idle) <= Number(most) ? linearPowerTable(Number(idle), Number(most)) : null;
  return Object.hasOwn(SPEC_POWER, model) ? SPEC_POWER[model as ServerModel] : null;
};

/** The linear model P(u) = idle + (max - idle) u, as a table, for hosts of which only two figures are known. */
export const linearPowerTable = (idleW: number, maxW: number): PowerTable =>
  Array.from({ length: 11 }, (_, tenth) => idleW + ((maxW - idleW) * tenth) / 10);

/**
 * Watts at a utilization in [0, 1], linear between the tenths.
 *
 * The order of operations is CloudSim's (PowerModelSpecPower.getPower): two hosts in the same segment differ in the cost
 * of a VM only by rounding, and CloudSim's choice between them follows that rounding.
 */
export const powerAt = (table: PowerTable, utilization: number): number => {
  assert(utilization >= 0 && utilization <= 1, 'a utilization is between 0 and 1');
  const tenths = utilization * 10;
  const low = Math.floor(tenths);
  const atLow = table[low]!;
  const step = (table[Math.ceil(tenths)]! - atLow) / 10;
  return atLow + step * (utilization - low / 10) * 100;
};

/** Power tables of several kinds of host as columns, for loops that ask often. */
export type PowerCurves = { readonly watts: Float64Array; readonly steps: Float64Array };

const POINTS = 11;
const TENTHS = Float64Array.from({ length: POINTS }, (_, tenth) => tenth / 10);

export const powerCurves = (tables: readonly PowerTable[]): PowerCurves => {
  const watts = new Float64Array(tables.length * POINTS);
  const steps = new Float64Array(tables.length * POINTS);
  for (const [kind, table] of tables.entries()) {
    for (let tenth = 0; tenth < POINTS; tenth++) {
      watts[kind * POINTS + tenth] = table[tenth]!;
      if (tenth + 1 < POINTS) steps[kind * POINTS + tenth] = (table[tenth + 1]! - table[tenth]!) / 10;
    }
  }
  return { watts, steps };
};

/** The same as `powerAt`, to the last bit, of the kind-th table; the utilization is taken on trust. */
export const powerOf = ({ watts, steps }: PowerCurves, kind: number, utilization: number): number => {
  const tenths = utilization * 10;
  const low = Math.trunc(tenths);
  const at = kind * POINTS + low;
  if (low === tenths) return watts[at]!;
  return watts[at]! + steps[at]! * (utilization - TENTHS[low]!) * 100;
};
