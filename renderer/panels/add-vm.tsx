// A hypothetical VM, put on a branch before the drill meets it.
import { useState } from 'preact/hooks';
import { useDesk, type Desk } from '../session/desk.ts';

type Wanted = {
  readonly name: string;
  readonly host: string;
  readonly vcpus: number;
  readonly ramGiB: number;
  readonly diskGiB: number;
  readonly storage: 'local' | 'shared' | 'volume';
};

const MIB_PER_GIB = 1024;

/** Adds the VM at the window's instant; from the record it makes a branch first and the window follows it. */
const add = async (desk: Desk, wanted: Wanted): Promise<string | null> => {
  const at = desk.player.at.peek();
  let timeline = desk.timeline.peek();
  if (!desk.isBranch.peek()) {
    const name = desk.freeName(`with ${wanted.name}`);
    const made = await desk.client.call('branch.create', { name, parent: timeline, at });
    if (!made.ok) return made.error.sentence;
    timeline = made.value.name;
  }
  const answer = await desk.client.call('branch.addVm', {
    timeline,
    at,
    name: wanted.name,
    host: wanted.host,
    vcpus: wanted.vcpus,
    ramMiB: Math.round(wanted.ramGiB * MIB_PER_GIB),
    diskGiB: wanted.diskGiB,
    storage: wanted.storage,
  });
  await desk.refreshLog();
  desk.switchTo(timeline);
  return answer.ok ? null : answer.error.sentence;
};

export const AddVm = () => {
  const desk = useDesk();
  const hosts = desk.picture.value?.hosts.map((h) => h.name) ?? [];
  const [fault] = desk.faults.value;
  const [wanted, setWanted] = useState<Wanted>({
    name: 'vm-what-if',
    host: '',
    vcpus: 2,
    ramGiB: 4,
    diskGiB: 20,
    storage: 'local',
  });
  const [says, setSays] = useState<{ readonly bad: boolean; readonly text: string } | null>(null);
  const host = wanted.host !== '' ? wanted.host : (fault ?? hosts[0] ?? '');
  const change = (part: Partial<Wanted>): void => setWanted({ ...wanted, ...part });
  const number = (name: string, unit: string, field: 'vcpus' | 'ramGiB' | 'diskGiB') => (
    <label class="field">
      <span>{name}</span>
      <input
        type="number"
        min={field === 'diskGiB' ? 0 : 1}
        value={wanted[field]}
        onInput={(e) => change({ [field]: e.currentTarget.valueAsNumber })}
      />
      <em>{unit}</em>
    </label>
  );
  const valid =
    wanted.name.trim() !== '' && host !== '' && wanted.vcpus >= 1 && wanted.ramGiB > 0 && wanted.diskGiB >= 0;
  return (
    <section data-testid="add-vm">
      <h3>
        With another VM <small>added to a branch, never to the record</small>
      </h3>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void add(desk, { ...wanted, host }).then((failure) =>
            setSays(
              failure === null
                ? { bad: false, text: `${wanted.name} is on ${host} on this branch.` }
                : { bad: true, text: failure },
            ),
          );
        }}
      >
        <div class="fields">
          <label class="field wide">
            <span>name</span>
            <input value={wanted.name} onInput={(e) => change({ name: e.currentTarget.value })} />
          </label>
          <label class="field wide">
            <span>on</span>
            <select value={host} onChange={(e) => change({ host: e.currentTarget.value })}>
              {hosts.map((h) => (
                <option key={h}>{h}</option>
              ))}
            </select>
          </label>
          {number('vCPU', '', 'vcpus')}
          {number('RAM', 'GiB', 'ramGiB')}
          {number('disk', 'GiB', 'diskGiB')}
          <label class="field wide">
            <span>storage</span>
            <select
              value={wanted.storage}
              onChange={(e) => change({ storage: e.currentTarget.value as Wanted['storage'] })}
            >
              <option value="local">local disk</option>
              <option value="shared">shared storage</option>
              <option value="volume">volume</option>
            </select>
          </label>
        </div>
        <div class="row actions">
          <button type="submit" class="btn small" disabled={!valid || desk.log.value?.readOnly === true}>
            {desk.isBranch.value ? 'Add to this branch' : 'Branch here and add'}
          </button>
        </div>
      </form>
      {says !== null && <p class={says.bad ? 'failure' : 'ink-2'}>{says.text}</p>}
    </section>
  );
};
