// The header: which log, which branch, which instant; find; what is wrong at this instant; how the window looks.
import { sweepNotes, sweepVerdict, worstSet } from '../../domain/drill/sweep/words.ts';
import { useDesk } from '../session/desk.ts';
import { count, moment, plural } from '../../domain/readout/words.ts';
import { useLatest } from '../session/use-latest.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { BranchMenu } from './branch-menu.tsx';
import { Magnifier, Mark } from './icons.tsx';
import { ViewMenu } from './view-menu.tsx';

const Crumbs = () => {
  const desk = useDesk();
  const log = desk.log.value;
  const picture = desk.picture.value;
  const branch = desk.isBranch.value;
  const at = desk.player.at.value;
  if (log === null) return null;
  return (
    <div class="crumb">
      <span class="log" title={log.path}>
        <small>Log</small>
        <b>{log.name}</b>
        {log.readOnly && <small>read-only</small>}
      </span>
      <button
        type="button"
        class={branch ? 'branch' : ''}
        aria-haspopup="menu"
        aria-expanded={desk.sheet.value === 'branches'}
        onClick={() => (desk.sheet.value = desk.sheet.value === 'branches' ? null : 'branches')}
        data-testid="branch"
        title={desk.timeline.value}
      >
        <Glyph name="branch" size={13} />
        <b>{desk.timeline.value}</b>
        <small>{branch ? 'what-if' : 'record'}</small>
      </button>
      <span data-testid="instant">
        <b>{moment(at.at)}</b>
        <small class="seq">seq {count(at.seq ?? picture?.seq ?? 0)}</small>
      </span>
    </div>
  );
};

const Badges = () => {
  const desk = useDesk();
  const counts = desk.picture.value?.counts;
  if (counts === undefined) return null;
  const { contradictions, warnings } = counts;
  const n = contradictions + warnings;
  const tone = contradictions > 0 ? 'bad' : n > 0 ? 'wrn' : 'neu';
  return (
    <button
      type="button"
      class={`badge ${tone}`}
      aria-pressed={desk.sheet.value === 'anomalies'}
      onClick={() => {
        desk.inspectorOpen.value = true;
        desk.sheet.value = desk.sheet.value === 'anomalies' ? null : 'anomalies';
      }}
      data-testid="anomalies"
    >
      {n > 0 && <Glyph name={contradictions > 0 ? 'diamond' : 'warn'} />}
      {plural(n, 'anomaly', 'anomalies')}
    </button>
  );
};

/** Can any one host fail now? Asked again wherever the cursor comes to rest. */
const SafetyBadge = () => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const rests = desk.log.value !== null && !desk.player.playing.value && (desk.picture.value?.hosts.length ?? 0) > 1;
  const { value } = useLatest(
    'drill.sweep',
    rests ? { timeline, at: desk.player.settled.value, kind: '1', assume: null } : null,
  );
  if (value === null || value.total === 0) return null;
  const worst = worstSet(value);
  const leans = value.safe === true && value.unknownHosts.length + value.numaVms > 0;
  const words =
    value.safe === false ? 'N+1 not safe' : value.safe === null ? 'N+1 undecided' : leans ? 'N+1 unknown' : 'N+1 safe';
  const tone = value.safe === true ? 'neu' : value.safe === null ? 'wrn' : 'bad';
  return (
    <button
      type="button"
      class={`badge ${tone}`}
      title={[sweepVerdict(value), ...sweepNotes(value)].join('\n')}
      onClick={() => {
        if (worst !== null) desk.faults.value = worst.hosts;
        desk.place.value = 'drill';
      }}
      data-testid="safety"
    >
      {value.safe !== true && <Glyph name="warn" />}
      {worst === null ? words : `${words}: ${worst.hosts.join(', ')}`}
    </button>
  );
};

export const Header = () => {
  const desk = useDesk();
  return (
    <header class={desk.isBranch.value ? 'head what-if' : 'head'} data-region="header">
      <div class="mark">
        <Mark />
      </div>
      <Crumbs />
      <button type="button" class="find" onClick={() => (desk.sheet.value = 'find')} data-testid="find">
        <Magnifier />
        <span>Find</span>
        <span>host, VM, event or command</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span class="spring" />
      <SafetyBadge />
      <Badges />
      <button
        type="button"
        class="btn small"
        title="Report of this question (R)"
        disabled={desk.log.value === null}
        onClick={() => (desk.sheet.value = 'report')}
        data-testid="report-button"
      >
        Report
      </button>
      <button
        type="button"
        class="btn small icon"
        aria-label="How the window looks"
        title="Theme and density"
        aria-expanded={desk.sheet.value === 'view'}
        onClick={() => (desk.sheet.value = desk.sheet.value === 'view' ? null : 'view')}
        data-testid="view"
      >
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M7 1.400a5.600 5.600 0 0 1 0 11.200Z" fill="currentColor" />
        </svg>
      </button>
      <button
        type="button"
        class="btn small icon"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => (desk.sheet.value = 'keys')}
      >
        ?
      </button>
      {desk.sheet.value === 'branches' && <BranchMenu />}
      {desk.sheet.value === 'view' && <ViewMenu />}
    </header>
  );
};
