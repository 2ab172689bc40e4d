// What a terminal draws with and nobody typed: colours, titles and the like, as `script` and services record them.

/** Control sequences (ECMA-48 CSI), window titles (OSC), character sets and key pad modes; CSI is by far the commonest. */
// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[()][0-9A-Za-z]|[=>])/g;

/** The text as a person reads it. */
export const withoutEscapes = (text: string): string => (text.includes('\u001b') ? text.replace(ESCAPES, '') : text);
