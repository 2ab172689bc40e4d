// How Nova compares a flavor's extra spec with what a host has: nova/scheduler/filters/extra_specs_ops.py.

const numeric: Readonly<Record<string, (has: number, wants: number) => boolean>> = {
  '=': (has, wants) => has >= wants,
  '==': (has, wants) => has === wants,
  '!=': (has, wants) => has !== wants,
  '>=': (has, wants) => has >= wants,
  '<=': (has, wants) => has <= wants,
};
const textual: Readonly<Record<string, (has: string, wants: string) => boolean>> = {
  's==': (has, wants) => has === wants,
  's!=': (has, wants) => has !== wants,
  's<': (has, wants) => has < wants,
  's<=': (has, wants) => has <= wants,
  's>': (has, wants) => has > wants,
  's>=': (has, wants) => has >= wants,
  '<in>': (has, wants) => has.includes(wants),
};

/** Does the value a host has meet the requirement, with or without an operator in front? */
export const meets = (has: string, requirement: string): boolean => {
  const words = requirement.split(/\s+/).filter((word) => word !== '');
  const [op = '', ...rest] = words;
  if (op === '<or>') return rest.filter((word) => word !== '<or>').includes(has);
  if (op === '<all-in>') return rest.every((word) => has.includes(word));
  const wants = rest.join(' ');
  const asText = textual[op];
  if (asText !== undefined) return asText(has, wants);
  const asNumber = numeric[op];
  return asNumber === undefined ? has === requirement : asNumber(Number(has), Number(wants));
};
