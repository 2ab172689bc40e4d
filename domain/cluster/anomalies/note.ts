// Writes an anomaly beside the state: kept, counted, shown, never lost.
import { setRef } from '../../base/column.ts';
import type { Cluster } from '../cluster.ts';
import type { LogEvent } from '../../events/dictionary.ts';
import { type RuleId, severityOf } from './rules.ts';

/** What an anomaly is about, and where in the log. */
export type Where = Pick<LogEvent, 'entity' | 'at' | 'seq'>;

/** `place.entity` is what the anomaly is about; `detail` a sentence that stands alone. */
export const noteAnomaly = (c: Cluster, place: Where, rule: RuleId, detail: string): void => {
  const severity = severityOf(rule);
  if (severity === 'contradiction') c.counts.contradictions++;
  if (severity === 'warning') c.counts.warnings++;
  setRef(c.anomalies, c.counts.anomalies++, { seq: place.seq, at: place.at, rule, entity: place.entity, detail });
};
