// What Nova is doing to a VM (task_state): the order of the steps inside each task, and which task may interrupt another.
import { TASK_STATES } from '../events/vm-events.ts';
import { lifecycle, type Drawing } from './lifecycle.ts';

type Task = (typeof TASK_STATES)[number];
/** No task under way: Nova's null. */
export const IDLE = 'idle';
type Stage = typeof IDLE | Task;

/** Steps of the tasks that have several, in order. A step may be skipped: notifications of steps are off by default. */
const CHAINS: readonly (readonly Task[])[] = [
  ['scheduling', 'networking', 'block_device_mapping', 'spawning'],
  ['unshelving', 'spawning'],
  ['image_snapshot_pending', 'image_snapshot', 'image_pending_upload', 'image_uploading'],
  ['image_backup', 'image_pending_upload', 'image_uploading'],
  ['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish'],
  ['rebooting', 'reboot_pending', 'reboot_started'],
  ['rebooting_hard', 'reboot_pending_hard', 'reboot_started_hard'],
  ['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning'],
  ['shelving', 'shelving_image_pending_upload', 'shelving_image_uploading', 'shelving_offloading'],
];
/** May begin whatever else is under way: a delete, a hard reboot, and (since Nova 26) an evacuation. */
const INTERRUPTING: readonly Task[] = ['deleting', 'rebooting_hard', 'rebuilding'];

const followers = (task: Task): readonly Task[] =>
  CHAINS.flatMap((chain) => (chain.includes(task) ? chain.slice(chain.indexOf(task) + 1) : []));

const signalOf = (stage: Stage): string => stage.toUpperCase().replaceAll('-', '_');

const obeys = (to: readonly Stage[]): Readonly<Record<string, Stage>> =>
  Object.fromEntries(to.map((stage) => [signalOf(stage), stage]));

const stages = [IDLE, ...TASK_STATES] as const;
const drawing: Drawing<Stage, string> = {
  id: 'vm-task',
  title: 'Task under way',
  initial: IDLE,
  states: Object.fromEntries(
    stages.map((stage) => [
      stage,
      stage === IDLE ? obeys(TASK_STATES) : obeys([stage, ...followers(stage), ...INTERRUPTING, IDLE]),
    ]),
  ) as Drawing<Stage, string>['states'],
  exits: [],
};

/** Each signal is the name of the step it leads to. */
export const vmTask = lifecycle(drawing, stages.map(signalOf));
