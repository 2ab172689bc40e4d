// The plan's runbook: a step to judge it by, the file to take away, and the branch to try the plan on.
import { useDesk } from '../session/desk.ts';
import { applyPlan, planName } from '../session/apply-plan.ts';
import { saveFile } from '../session/save-file.ts';
import { plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';

const LINES_SHOWN = 11;

/** The part of the runbook to judge it by: the selected VM's step, else the first. */
const excerpt = (lines: readonly string[], vm: string | null): readonly string[] => {
  const its = vm === null ? -1 : lines.findIndex((line) => line.includes(`id='${vm}'`));
  const step = its >= 0 ? its - 2 : lines.findIndex((line) => line.startsWith('# 1:'));
  return lines.slice(Math.max(0, step), Math.max(0, step) + LINES_SHOWN);
};

/** What can be done with the plan on show: take its runbook away, or try it on a branch of its own. */
export const PlanActions = () => {
  const desk = useDesk();
  const { migrate } = desk;
  const plan = migrate.plan.value;
  if (plan === null) return null;
  const readOnly = desk.log.value?.readOnly === true;
  const nothing = plan.moves.length === 0;
  return (
    <div class="plan-actions">
      <button
        type="button"
        class="btn tiny primary"
        disabled={nothing}
        onClick={() =>
          saveFile(
            `${planName(plan).replaceAll(/[^\w.]+/g, '-')}.sh`,
            new Blob([plan.runbook], { type: 'text/x-shellscript' }),
          )
        }
        data-testid="export-runbook"
      >
        Export runbook
      </button>
      <button
        type="button"
        class="btn tiny"
        disabled={nothing || readOnly || !plan.checker.ok || migrate.isApplying.value}
        title={
          readOnly
            ? 'The log is open for reading only.'
            : `Writes the moves onto a branch, ${desk.freeName(planName(plan))}`
        }
        onClick={() => void applyPlan(desk)}
        data-testid="apply-plan"
      >
        <Glyph name="branch" size={11} />
        {migrate.isApplying.value ? 'Applying.' : 'Apply to branch'}
      </button>
    </div>
  );
};

export const Runbook = () => {
  const desk = useDesk();
  const plan = desk.migrate.plan.value;
  if (plan === null || plan.moves.length === 0) return null;
  const lines = plan.runbook.trimEnd().split('\n');
  const entity = desk.selection.value;
  const vm = entity?.startsWith('vm:') === true ? entity.slice(3) : null;
  return (
    <section data-testid="runbook">
      <h3>
        Runbook <small>shell, {plural(lines.length, 'line')}, checks between steps</small>
      </h3>
      <pre class="script">{excerpt(lines, vm).join('\n')}</pre>
    </section>
  );
};
