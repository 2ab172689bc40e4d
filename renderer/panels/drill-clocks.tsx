// The clocks of a drill: two profiles and every figure in them, each with the option it comes from.
import type { DrillSettings } from '../../domain/drill/outcome.ts';
import { PROFILES, type ProfileName } from '../../domain/drill/settings.ts';
import { useDesk } from '../session/desk.ts';
import type { Fact } from './facts.tsx';
import { Segments } from './segments.tsx';

type Seconds =
  | 'reportIntervalS'
  | 'serviceDownTimeS'
  | 'fencingS'
  | 'waitAfterFencingS'
  | 'scheduleS'
  | 'spawnS'
  | 'imageFetchSPerGiB';

const CLOCKS: readonly (readonly [Seconds, string, string])[] = [
  ['reportIntervalS', 'report_interval', 's'],
  ['serviceDownTimeS', 'service_down_time', 's'],
  ['fencingS', 'fencing', 's'],
  ['waitAfterFencingS', 'wait after fencing', 's'],
  ['scheduleS', 'schedule one VM', 's'],
  ['spawnS', 'spawn one VM', 's'],
  ['imageFetchSPerGiB', 'fetch image', 's/GiB'],
];

const PROFILE_NAMES: Readonly<Record<ProfileName, string>> = {
  nova: 'By hand',
  masakari: 'Masakari',
  proxmox: 'Proxmox',
  vsphere: 'vSphere',
};

export const clockFacts = (s: DrillSettings): readonly Fact[] => [
  [
    'report_interval, service_down_time',
    s.forceDown ? 'forced down at once' : `${s.reportIntervalS} s, ${s.serviceDownTimeS} s`,
  ],
  ['fencing, then wait', `${s.fencingS} s, ${s.waitAfterFencingS} s`],
  ['schedule, spawn', `${s.scheduleS} s, ${s.spawnS} s`],
  ['image fetch', `${s.imageFetchSPerGiB} s/GiB`],
  ['evacuations at once', String(s.threads)],
  ['evacuated VMs land', s.landStopped ? 'stopped (2.95)' : 'as they were'],
  ['seed', s.seed],
];

const NumberField = ({
  name,
  unit,
  value,
  onChange,
}: {
  name: string;
  unit: string;
  value: number;
  onChange: (n: number) => void;
}) => (
  <label class="field">
    <span>{name}</span>
    <input
      type="number"
      min="0"
      step="any"
      value={value}
      onChange={(e) => {
        const n = e.currentTarget.valueAsNumber;
        if (Number.isFinite(n)) onChange(n);
      }}
    />
    <em>{unit}</em>
  </label>
);

export const ClockForm = () => {
  const { plan } = useDesk();
  const s = plan.settings.value;
  const profile = plan.profile();
  const choices: readonly (readonly [string, string])[] = [
    ...(Object.keys(PROFILES) as ProfileName[]).map((name) => [name, PROFILE_NAMES[name]] as const),
    ...(profile === null ? [['own', 'Own clocks'] as const] : []),
  ];
  return (
    <section data-testid="clocks">
      <h3>Who recovers, and how fast</h3>
      <Segments
        label="Profile of clocks"
        value={profile ?? 'own'}
        choices={choices}
        onChoose={(name) => {
          if (name !== 'own') plan.takeProfile(name as ProfileName);
        }}
      />
      <div class="fields">
        {CLOCKS.map(([field, name, unit]) => (
          <NumberField
            key={field}
            name={name}
            unit={unit}
            value={s[field]}
            onChange={(n) => plan.change({ [field]: n })}
          />
        ))}
        <NumberField
          name="evacuations at once"
          unit=""
          value={s.threads}
          onChange={(n) => plan.change({ threads: n })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={s.forceDown}
          onChange={(e) => plan.change({ forceDown: e.currentTarget.checked })}
        />
        Force the service down at once
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={s.landStopped}
          onChange={(e) => plan.change({ landStopped: e.currentTarget.checked })}
        />
        Evacuated VMs land stopped (microversion 2.95)
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={s.graceful}
          onChange={(e) => plan.change({ graceful: e.currentTarget.checked })}
        />
        The host shuts down cleanly
      </label>
    </section>
  );
};
