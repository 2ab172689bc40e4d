// What fold functions of several rooms do to a VM: name it, put it on a host, set its states through its machines.
import type { Instant, Row } from '../../base/brand.ts';
import { byteAt, NO_ROW, refAt, setByte, setNumber, setRow } from '../../base/column.ts';
import type { Evidence } from '../../events/dictionary.ts';
import type { POWER_STATES, TASK_STATES, VM_STATES } from '../../events/vm-events.ts';
import { isDirect, walk } from '../../machines/lifecycle.ts';
import { vmLife } from '../../machines/vm.ts';
import { vmTask } from '../../machines/vm-task.ts';
import { noteAnomaly, type Where } from '../anomalies/note.ts';
import { ABSENT, type Cluster, PRESENT } from '../cluster.ts';
import { evidences, IDLE_TASK, powerStates, taskStates, vmStates } from '../codes.ts';
import { rowOf, idAt } from '../registry.ts';
import { visit } from '../visits.ts';

/** Machine states by vm_state code and by task code, so that stepping is array reads. */
const lifeOfState = vmStates.words.map((word) => vmLife.states.indexOf(word));
const lifeOfTask = taskStates.words.map((word) => vmTask.states.indexOf(word));

/** The row of a VM somebody named: naming it is enough for it to exist. */
export const mentionVm = (c: Cluster, id: string): Row => {
  const row = rowOf(c.vms.ids, id);
  if (byteAt(c.vms.col.present, row) === ABSENT) setByte(c.vms.col.present, row, PRESENT);
  return row;
};

/** What people call it: its name, or its id where none is known. */
export const vmLabel = (c: Cluster, vm: Row): string => refAt(c.vms.col.about, vm)?.name ?? idAt(c.vms.ids, vm);

export const hostLabel = (c: Cluster, host: Row): string => (host === NO_ROW ? 'no host' : idAt(c.hosts.ids, host));

export const placeVm = (c: Cluster, vm: Row, host: Row, at: Instant, evidence: Evidence, by: number): void => {
  const v = c.vms.col;
  setRow(v.host, vm, host);
  setNumber(v.hostAt, vm, at);
  setByte(v.hostEvidence, vm, evidences.code(evidence));
  setByte(v.hostBy, vm, by);
};

type VmStateWord = (typeof VM_STATES)[number];

/**
 * Sets vm_state. A listing shows instants, so the steps between two listings may be missing and are walked as inferred;
 * a notification tells every step, so one that skips is an anomaly. The new state is set in any case.
 */
export const setVmState = (
  c: Cluster,
  vm: Row,
  word: VmStateWord,
  where: Where,
  told: Evidence,
  steps: boolean,
): void => {
  const v = c.vms.col;
  const before = byteAt(v.vmState, vm);
  const code = vmStates.code(word);
  if (before === code) return;
  if (before !== 0) {
    const from = lifeOfState[before - 1] ?? 0;
    const to = lifeOfState[code - 1] ?? 0;
    const path = isDirect(vmLife, from, to) ? [to] : steps ? null : walk(vmLife, from, to);
    if (path === null) {
      noteAnomaly(
        c,
        where,
        'state-forbidden',
        `${vmLabel(c, vm)} went from ${vmStates.word(before)} to ${word}, which no step of Nova's does.`,
      );
    } else {
      for (const passed of path.slice(0, -1)) visit(v.visits, vm, vmLife.states[passed] ?? '', where.at, 'inferred');
    }
  }
  setByte(v.vmState, vm, code);
  visit(v.visits, vm, word, where.at, told);
};

type TaskWord = (typeof TASK_STATES)[number];

/** Sets task_state (null is idle). `checked`: told step by step, so that a step out of order is an anomaly. */
export const setTask = (c: Cluster, vm: Row, word: TaskWord | null, where: Where, checked: boolean): void => {
  const v = c.vms.col;
  const before = byteAt(v.taskState, vm);
  const code = word === null ? IDLE_TASK : taskStates.code(word);
  if (before === code) return;
  if (checked && before !== 0 && !isDirect(vmTask, lifeOfTask[before - 1] ?? 0, lifeOfTask[code - 1] ?? 0)) {
    noteAnomaly(
      c,
      where,
      'state-forbidden',
      `${vmLabel(c, vm)} went from task ${taskStates.word(before)} to ${word ?? 'none'}, which Nova does not allow.`,
    );
  }
  setByte(v.taskState, vm, code);
};

export const setPower = (c: Cluster, vm: Row, word: (typeof POWER_STATES)[number]): void =>
  setByte(c.vms.col.powerState, vm, powerStates.code(word));
