// Compare: a branch against its parent, or two instants, in figures, as a list of differences and on both maps.
import { useMemo, useState } from 'preact/hooks';
import { meaningful, sayDifference } from '../../domain/report/difference-words.ts';
import { otherSide, type Side, thisSide } from '../session/compare-sides.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, day, duration, moment } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { Segments } from '../panels/segments.tsx';
import { BranchDownTimes, sinceWords } from './down-times.tsx';
import { DifferenceList } from './difference-list.tsx';
import { FigureTable } from './figure-table.tsx';

const SideName = ({ side, branch }: { readonly side: Side; readonly branch: boolean }) => (
  <span class={`badge ${branch ? 'brn' : 'neu'}`}>
    <Glyph name="branch" />
    {side.timeline} at {clock(side.at.at)}Z
  </span>
);

const Controls = ({ a, b }: { readonly a: Side; readonly b: Side }) => {
  const desk = useDesk();
  const info = desk.timelineInfo.value;
  const mode = desk.against.value === null && desk.isBranch.value ? 'parent' : 'instants';
  const end = info?.to ?? null;
  return (
    <>
      {desk.isBranch.value && (
        <Segments
          label="What is compared"
          value={mode}
          choices={[
            ['parent', 'Branch and parent'],
            ['instants', 'Two instants'],
          ]}
          onChoose={(m) =>
            (desk.against.value = m === 'parent' ? null : { timeline: b.timeline, at: { at: a.at.at, seq: null } })
          }
        />
      )}
      {mode === 'parent' && end !== null && end !== b.at.at && (
        <button type="button" class="btn small" onClick={() => desk.goTo({ at: end, seq: null })}>
          At the branch's end
        </button>
      )}
      {mode === 'instants' && (
        <button
          type="button"
          class="btn small"
          onClick={() => (desk.against.value = { timeline: b.timeline, at: b.at })}
          title="Then move the cursor to the other instant"
        >
          Pin this instant as first
        </button>
      )}
    </>
  );
};

export const ComparePlace = () => {
  const desk = useDesk();
  const [withLoad, setWithLoad] = useState(false);
  const b = thisSide(desk);
  const a = otherSide(desk, b.at);
  const pair = `${a.timeline}/${b.timeline}`;
  const other = useLatest('view.picture', a, pair);
  const raw = useLatest('view.diff', { a, b }, pair);
  const down = useLatest(
    'view.downTimes',
    a.timeline === b.timeline ? null : { a: { timeline: a.timeline, at: null }, b: { timeline: b.timeline, at: null } },
    pair,
  );
  const diff = useMemo(() => (raw.value === null ? null : meaningful(raw.value, withLoad)), [raw.value, withLoad]);
  const changed = useMemo(
    () => new Set(diff === null ? [] : [...diff.added, ...diff.removed, ...diff.changed].map((d) => d.entity)),
    [diff],
  );
  const [shown, setShown] = useState<'figures' | 'down'>('figures');
  const downTimes = down.value !== null && down.value.vms.length > 0 ? down.value : null;
  const names = [a.timeline, b.timeline] as const;
  const picture = desk.picture.value;
  const failure = raw.failure ?? other.failure;
  const apart = b.at.at - a.at.at;
  const map = (which: typeof picture, name: string) =>
    which !== null && (
      <ClusterMap
        picture={which}
        measure={desk.measure.value}
        groupBy={desk.groupBy.value}
        selected={desk.selection.value}
        faults={[]}
        changed={changed}
        extras={false}
        label={name}
        onPick={(entity) => desk.select(entity)}
      />
    );
  return (
    <>
      <div class="top">
        <h1>Compare</h1>
        <p data-testid="difference">{diff === null ? '' : sayDifference(diff)}</p>
        <span class="spring" />
        <Controls a={a} b={b} />
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      <div class="compare-grid">
        <div class="card">
          <h2>
            <SideName side={a} branch={false} />
            <small>{day(a.at.at)}</small>
          </h2>
          <div class="pad fill">{map(other.value, `${a.timeline} at ${moment(a.at.at)}`)}</div>
        </div>
        <div class={`card ${raw.pending ? 'late-bar' : ''}`}>
          <h2>
            <SideName side={b} branch={desk.isBranch.value} />
            <small>
              {apart === 0 ? 'the same instant' : `${duration(Math.abs(apart))} ${apart > 0 ? 'later' : 'earlier'}`}
            </small>
          </h2>
          <div class="pad fill">{map(picture, `${b.timeline} at ${moment(b.at.at)}`)}</div>
        </div>
        <div class="card">
          <h2>
            {downTimes === null ? (
              'Figures'
            ) : (
              <Segments
                label="Figures or down times"
                class="small"
                value={shown}
                choices={[
                  ['figures', 'Figures'],
                  ['down', 'Down times'],
                ]}
                onChoose={setShown}
              />
            )}
            {downTimes !== null && shown === 'down' && <small>{sinceWords(downTimes)}</small>}
          </h2>
          {downTimes !== null && shown === 'down' ? (
            <BranchDownTimes times={downTimes} names={names} />
          ) : (
            other.value !== null &&
            picture !== null && <FigureTable a={other.value.counts} b={picture.counts} names={names} />
          )}
        </div>
        <div class="card">
          <h2>
            Differences
            <small>first → second</small>
            <span class="spring" />
            <label class="check">
              <input type="checkbox" checked={withLoad} onChange={(e) => setWithLoad(e.currentTarget.checked)} />
              with sampled load
            </label>
          </h2>
          {diff !== null && <DifferenceList diff={diff} />}
        </div>
      </div>
    </>
  );
};
