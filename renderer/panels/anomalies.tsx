// Anomalies: what the record gets wrong or will hurt, by severity, each a way to its instant.
import type { AnomalyState, Severity } from '../../domain/readout/state.ts';
import { useDesk, type Desk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { meaningOf } from '../../domain/cluster/anomalies/rules.ts';
import { clock, day, plural, shortId } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { GlyphName } from '../surfaces/glyphs.ts';

const LOOK: Readonly<Record<Severity, readonly [GlyphName, string]>> = {
  contradiction: ['diamond', 'critical-ink'],
  warning: ['warn', 'warn-ink'],
  note: ['dot', 'idle-ink'],
};
const ORDER: readonly Severity[] = ['contradiction', 'warning', 'note'];

/** A VM by its name where the picture knows it; anything else by its id. */
const nameOf = (desk: Desk, entity: string): string => {
  const id = entity.slice(entity.indexOf(':') + 1);
  const vm = desk.picture.value?.hosts.flatMap((h) => h.vms).find((v) => v.id === id);
  return vm?.name ?? shortId(id);
};

export const AnomalyRow = ({
  anomaly,
  whole = false,
}: {
  readonly anomaly: AnomalyState;
  readonly whole?: boolean;
}) => {
  const desk = useDesk();
  const [glyph, tone] = LOOK[anomaly.severity];
  const at = Date.parse(anomaly.at);
  const open = (): void => {
    desk.selection.value = anomaly.entity;
    desk.goTo({ at, seq: anomaly.seq });
  };
  return (
    <li>
      <button type="button" class={whole ? 'anomaly whole' : 'anomaly'} onClick={open} title={anomaly.detail}>
        <Glyph name={glyph} tone={tone} />
        <span>
          <b>{meaningOf(anomaly.rule).replace(/\.$/, '')}</b>
          <small>{anomaly.detail}</small>
          {whole && (
            <small class="muted">
              {nameOf(desk, anomaly.entity)} · {day(at)} {clock(at)}Z
            </small>
          )}
        </span>
      </button>
    </li>
  );
};

export const bySeverity = (a: AnomalyState, b: AnomalyState): number =>
  ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.at.localeCompare(a.at) || b.seq - a.seq;

export const AnomaliesPanel = () => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest('view.anomalies', { timeline, at: desk.player.settled.value }, timeline);
  const list = (value ?? []).toSorted(bySeverity);
  return (
    <>
      <section>
        <div class="title">
          Anomalies
          <span class="spring" />
          <button type="button" class="btn tiny" onClick={() => (desk.sheet.value = null)}>
            Close
          </button>
        </div>
        <p class="ink-2">
          {list.length === 0
            ? 'Nothing contradicts itself up to this instant.'
            : `${plural(list.length, 'anomaly', 'anomalies')} up to this instant. Choose one to go where it was found.`}
        </p>
        {failure !== null && <p class="failure">{failure.sentence}</p>}
      </section>
      {ORDER.map((severity) => {
        const some = list.filter((a) => a.severity === severity);
        if (some.length === 0) return null;
        return (
          <section key={severity} data-testid={`anomalies-${severity}`}>
            <h3>{plural(some.length, severity)}</h3>
            <ul>
              {some.map((a) => (
                <AnomalyRow key={`${a.seq}/${a.rule}/${a.entity}`} anomaly={a} whole />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
};
