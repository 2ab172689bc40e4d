// What a generated cluster is asked for, and what is refused.
import type { Instant } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';

export type GeneratorOptions = {
  readonly hosts: number;
  readonly vms: number;
  readonly days: number;
  readonly seed: string;
  /** First instant, a midnight UTC. */
  readonly start: Instant;
};

/** Fewer hosts have nowhere to evacuate to. */
const MIN_HOSTS = 3;
const MAX_HOSTS = 20_000;
/** More would be hosts nobody sells. */
const MAX_VMS_PER_HOST = 100;
const MAX_DAYS = 3660;

const whole = (name: string, value: number, from: number, to: number): string | null =>
  Number.isInteger(value) && value >= from && value <= to
    ? null
    : `${name} must be a whole number from ${from} to ${to}, not ${value}.`;

export const generatorOptions = (o: GeneratorOptions): Result<GeneratorOptions, string> => {
  const wrong =
    whole('hosts', o.hosts, MIN_HOSTS, MAX_HOSTS) ??
    whole('vms', o.vms, 1, o.hosts * MAX_VMS_PER_HOST) ??
    whole('days', o.days, 1, MAX_DAYS) ??
    (o.seed.length === 0 ? 'seed must not be empty.' : null);
  return wrong === null ? ok(o) : err(wrong);
};
