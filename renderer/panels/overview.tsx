// The inspector while nothing is selected: the instant in figures, what is wrong, and the way along the incident.
import { isRecord, recordOf } from '../../domain/contract/branches.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, count, day, moment, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { MARK_LOOK } from '../surfaces/timeline-paint.ts';
import { AnomalyRow, bySeverity } from './anomalies.tsx';
import { Facts } from './facts.tsx';

const ANOMALIES_SHOWN = 4;
const MARKS_BEFORE = 6;
const MARKS_AFTER = 4;

const Anomalies = () => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest('view.anomalies', { timeline, at: desk.player.settled.value }, timeline);
  if (failure !== null) return <p class="failure">{failure.sentence}</p>;
  const list = (value ?? []).toSorted(bySeverity);
  return (
    <section>
      <h3>
        Anomalies up to this instant
        {list.length > ANOMALIES_SHOWN && (
          <button type="button" class="link" onClick={() => (desk.sheet.value = 'anomalies')}>
            all {count(list.length)}
          </button>
        )}
      </h3>
      {list.length === 0 ? (
        <p class="muted">None. The record agrees with itself so far.</p>
      ) : (
        <ul>
          {list.slice(0, ANOMALIES_SHOWN).map((a) => (
            <AnomalyRow key={`${a.seq}/${a.rule}/${a.entity}`} anomaly={a} />
          ))}
        </ul>
      )}
    </section>
  );
};

const Marks = () => {
  const desk = useDesk();
  const at = desk.player.settled.value.at;
  const marks = desk.marks.value.value ?? [];
  const passed = marks.filter((m) => m.at <= at).length;
  const shown = marks.slice(Math.max(0, passed - MARKS_BEFORE), passed + MARKS_AFTER);
  const [first] = shown;
  const dated = first !== undefined && shown.some((m) => day(m.at) !== day(first.at));
  if (shown.length === 0) return null;
  return (
    <section>
      <h3>
        Incident marks <small>around this instant</small>
      </h3>
      <ul class={dated ? 'story dated' : 'story'}>
        {shown.map((m) => (
          <li key={`${m.seq}/${m.at}`} class={m.at > at ? 'ahead' : ''}>
            <button
              type="button"
              onClick={() => {
                desk.selection.value = m.entity;
                desk.goTo({ at: m.at, seq: m.seq });
              }}
            >
              <time>{dated ? `${day(m.at).slice(5)} ${clock(m.at).slice(0, 5)}` : clock(m.at)}</time>
              <Glyph name={MARK_LOOK[m.kind].glyph} size={11} tone={`${MARK_LOOK[m.kind].tone}-ink`} />
              <span>{m.label}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Records that share nothing with the one shown: without this, only the branch menu tells of them. */
const OtherRecords = () => {
  const desk = useDesk();
  const all = desk.log.value?.timelines ?? [];
  const here = desk.timelineInfo.value;
  const others = all.filter((t) => isRecord(t, all) && here !== null && t !== recordOf(here, all));
  if (others.length === 0) return null;
  return (
    <section>
      <h3>Also in this log</h3>
      <ul class="story">
        {others.map((t) => (
          <li key={t.name}>
            <button type="button" onClick={() => desk.switchTo(t.name)}>
              <time>{t.from === null ? '' : day(t.from).slice(0, 7)}</time>
              <Glyph name="branch" size={11} tone="ink-2" />
              <span>
                <b>{t.name}</b>, {plural(t.events, 'event')}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

export const Overview = () => {
  const desk = useDesk();
  const picture = desk.picture.value;
  const info = desk.timelineInfo.value;
  if (picture === null) return null;
  const c = picture.counts;
  // The demonstration's main timeline is generated (docs/decisions/0004); nobody should take it for a record.
  const isGenerated = desk.log.value?.demonstration === true && desk.timeline.value === 'main';
  return (
    <>
      <section>
        <div class="title">
          <h2>{moment(picture.at)}</h2>
        </div>
        <p class="ink-2">
          {desk.isBranch.value && info?.forkedAt
            ? `A what-if, from ${info.parent} at ${moment(info.forkedAt.at)}. Nothing after that has happened.`
            : `${isGenerated ? 'A day made for the demonstration' : 'The record'}. Choose a host or a VM to see its story.`}
        </p>
      </section>
      <section>
        <Facts
          facts={[
            ['hosts', `${count(c.hosts)}${c.hostsDown > 0 ? `, ${count(c.hostsDown)} down` : ''}`],
            ['VMs', `${count(c.vms)}: ${count(c.active)} ACTIVE, ${count(c.shutoff)} SHUTOFF`],
            ['in ERROR', count(c.error)],
            ['moving, rebuilding', `${count(c.moving)}, ${count(c.rebuilding)}`],
            ['on no host', count(picture.homeless.length)],
          ]}
        />
      </section>
      <Anomalies />
      <OtherRecords />
      <Marks />
      {picture.homeless.length > 0 && (
        <section>
          <h3>{plural(picture.homeless.length, 'VM')} on no host</h3>
          <table class="rows">
            <tbody>
              {picture.homeless.slice(0, 12).map((v) => (
                <tr key={v.id}>
                  <td class="name">
                    <button type="button" class="link strong" onClick={() => desk.select(`vm:${v.id}`)}>
                      {v.name}
                    </button>
                  </td>
                  <td class="ink-2">{v.state}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
};
