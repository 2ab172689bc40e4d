// What the commands about the overlay share: how forwarding is learned, whose Neutron, and how assumptions are told.
import { type Command, Option } from 'commander';
import type { Mode, Style } from '../../../domain/network/overlay.ts';
import type { OverlayChoice } from '../../../domain/network/cloud-overlay.ts';
import type { Terminal } from './terminal.ts';

const MODE_WORDS: Readonly<Record<string, Mode>> = {
  'l2pop-arp': 'l2pop-arp',
  l2pop: 'l2pop',
  flood: 'no-l2pop',
  multicast: 'multicast',
};

export type ChoiceOptions = { readonly mode: string; readonly style: Style };

export const withChoice = (command: Command): Command =>
  command
    .addOption(
      new Option('--mode <name>', 'how hosts learn where ports are')
        .choices(Object.keys(MODE_WORDS))
        .default('l2pop-arp'),
    )
    .addOption(
      new Option('--style <name>', 'whose tables: Neutron of today, or of 2015')
        .choices(['master', 'classic'])
        .default('master'),
    );

export const choiceOf = ({ mode, style }: ChoiceOptions): OverlayChoice => ({
  mode: MODE_WORDS[mode] ?? 'l2pop-arp',
  style,
});

/** How a live migration's two agents race, and who announces removals. */
export type RaceOptions = { readonly first: 'source' | 'dest'; readonly l3Plugin: boolean };

export const withRace = (command: Command): Command =>
  command
    .addOption(
      new Option('--first <agent>', 'which agent of a live migration reacts first')
        .choices(['source', 'dest'])
        .default('dest'),
    )
    .option('--no-l3-plugin', 'no L3 plugin is loaded: removals are announced once less');

export const raceOf = ({ first, l3Plugin }: RaceOptions): RaceOptions => ({ first, l3Plugin });

/** Assumptions go beside the answer, so that the answer can be piped. */
export const tellAssumptions = (terminal: Terminal, assumptions: readonly string[]): void => {
  for (const sentence of assumptions) terminal.warn(`Assumed: ${sentence}`);
};
