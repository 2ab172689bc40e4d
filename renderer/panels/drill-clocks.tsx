// The clocks of a drill: the profiles and every figure in them, each with the option it comes from.
import { type DrillSettings, RECOVERY_METHODS, type RecoveryMethod } from '../../domain/drill/outcome.ts';
import { PROFILES, type ProfileName } from '../../domain/drill/settings.ts';
import { RELEASE_NAMES } from '../../domain/scheduling/release.ts';
import { useDesk } from '../session/desk.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import type { Fact } from './facts.tsx';
import { Segments } from './segments.tsx';

type Seconds =
  | 'reportIntervalS'
  | 'serviceDownTimeS'
  | 'fencingS'
  | 'waitAfterFencingS'
  | 'scheduleS'
  | 'spawnS'
  | 'imageFetchSPerGiB'
  | 'nicGbitPerS';

const CLOCKS: readonly (readonly [Seconds, string, string])[] = [
  ['reportIntervalS', 'report_interval', 's'],
  ['serviceDownTimeS', 'service_down_time', 's'],
  ['fencingS', 'fencing', 's'],
  ['waitAfterFencingS', 'wait after fencing', 's'],
  ['scheduleS', 'schedule one VM', 's'],
  ['spawnS', 'spawn one VM', 's'],
  ['imageFetchSPerGiB', 'fetch image', 's/GiB'],
  ['nicGbitPerS', 'network card', 'Gbit/s'],
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
  ...(s.fence && s.waitForFence ? [] : [['fence', s.fence ? 'nobody waits for it' : 'none'] as const]),
  ...(s.method === 'auto'
    ? []
    : [['recovery method', `${s.method}: ${s.reservedHosts.join(', ') || 'no host'}`] as const]),
  ...(s.retries === 0 ? [] : [['tried again', `${s.retries} ×, after ${s.retryAfterS} s`] as const]),
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

type Switch = 'forceDown' | 'fence' | 'waitForFence' | 'landStopped' | 'graceful' | 'evacuateAll' | 'taskStateBlocks';

const SWITCHES: readonly (readonly [Switch, string])[] = [
  ['forceDown', 'Force the service down at once'],
  ['fence', 'Somebody fences the host'],
  ['waitForFence', 'Evacuation waits for the fence'],
  ['landStopped', 'Evacuated VMs land stopped (microversion 2.95)'],
  ['graceful', 'The host shuts down cleanly'],
  ['evacuateAll', 'VMs without HA_Enabled are evacuated too'],
  ['taskStateBlocks', 'A task_state stands in the way (before Zed)'],
];

/** The hosts that are kept free, in the order they are used. */
const ReservedHosts = ({ hosts }: { readonly hosts: readonly string[] }) => {
  const { plan } = useDesk();
  const { reservedHosts } = plan.settings.value;
  return (
    <>
      {reservedHosts.map((name, i) => (
        <div class="field wide" key={name}>
          <span>{i === 0 ? 'reserved, used first' : 'then'}</span>
          <button
            type="button"
            class="badge neu"
            aria-label={`Do not reserve ${name}`}
            title="Do not reserve it"
            onClick={() => plan.change({ reservedHosts: reservedHosts.filter((other) => other !== name) })}
          >
            {name}
            <Glyph name="error" size={8} />
          </button>
        </div>
      ))}
      <label class="field wide">
        <span>{reservedHosts.length === 0 ? 'reserved host' : 'and another'}</span>
        <select
          value=""
          data-testid="reserve"
          onChange={(e) => {
            const name = e.currentTarget.value;
            e.currentTarget.value = '';
            if (name !== '') plan.change({ reservedHosts: [...reservedHosts, name] });
          }}
        >
          <option value="">{reservedHosts.length === 0 ? 'none' : 'no more'}</option>
          {hosts
            .filter((name) => !reservedHosts.includes(name))
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </select>
      </label>
    </>
  );
};

/** Masakari's recovery method, and the hosts it keeps free. */
const Reserve = () => {
  const desk = useDesk();
  const { plan } = desk;
  const { method } = plan.settings.value;
  const hosts = desk.picture.value?.hosts.map((h) => h.name) ?? [];
  const isMethod = (word: string): word is RecoveryMethod => (RECOVERY_METHODS as readonly string[]).includes(word);
  return (
    <div class="fields">
      <label class="field wide">
        <span>recovery method</span>
        <select
          value={method}
          onChange={(e) => isMethod(e.currentTarget.value) && plan.change({ method: e.currentTarget.value })}
        >
          {RECOVERY_METHODS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {method !== 'auto' && <ReservedHosts hosts={hosts} />}
      <NumberField
        name="tried again"
        unit="×"
        value={plan.settings.value.retries}
        onChange={(n) => plan.change({ retries: n })}
      />
    </div>
  );
};

export const ClockForm = () => {
  const { plan } = useDesk();
  const s = plan.settings.value;
  const profile = plan.profile();
  const choices: readonly (readonly [string, string])[] = [
    ...(Object.keys(PROFILES) as ProfileName[]).map((name) => [name, PROFILE_NAMES[name]] as const),
    ...(profile === null ? [['own', 'Own'] as const] : []),
  ];
  return (
    <section data-testid="clocks">
      <h3>Who recovers, and how fast</h3>
      <Segments
        label="Profile of clocks"
        class="tight"
        value={profile ?? 'own'}
        choices={choices}
        onChoose={(name) => {
          if (name !== 'own') plan.takeProfile(name as ProfileName);
        }}
      />
      <div class="fields">
        <label class="field wide">
          <span>rules of Nova</span>
          <select
            value={plan.release.value ?? ''}
            data-testid="drill-release"
            onChange={(e) => plan.takeRelease(e.currentTarget.value === '' ? null : e.currentTarget.value)}
          >
            <option value="">as the log has them</option>
            {RELEASE_NAMES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
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
      <Reserve />
      {SWITCHES.map(([field, name]) => (
        <label class="check" key={field}>
          <input
            type="checkbox"
            checked={s[field]}
            onChange={(e) => plan.change({ [field]: e.currentTarget.checked })}
          />
          {name}
        </label>
      ))}
    </section>
  );
};
