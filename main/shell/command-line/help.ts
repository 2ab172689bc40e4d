// How an option is told in a command's help: what it does, what may be written, what holds when it is left out.
import type { Option } from 'commander';

/** A default that says nothing, as an empty list, or that the description has already told, is not told. */
const defaultOf = ({ defaultValue, defaultValueDescription, description }: Option): string | null => {
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  if (description.includes('(default: ')) return null;
  return typeof defaultValue === 'string' || typeof defaultValue === 'number' ? String(defaultValue) : null;
};

/** @returns the description, with the choices and the default in brackets behind it */
export const optionWords = (option: Option): string => {
  const choices = option.argChoices === undefined ? [] : [`one of ${option.argChoices.join(', ')}`];
  const fallback = defaultOf(option);
  const more = [...choices, ...(fallback === null ? [] : [`default: ${fallback}`])];
  return more.length === 0 ? option.description : `${option.description} (${more.join('; ')})`;
};
