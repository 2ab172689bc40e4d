// The inspector: what is selected, its three states, its facts, its machine, its story and its anomalies.
import type { ClusterState } from '../../domain/readout/state.ts';
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { bySeverity, AnomalyRow } from './anomalies.tsx';
import { ConsolidateInspector } from './consolidate-inspector.tsx';
import { DrillInspector } from './drill-inspector.tsx';
import { HostHead } from './host-head.tsx';
import { Machine } from './machine.tsx';
import { MigrateInspector } from './migrate-inspector.tsx';
import { NetworkInspector } from './network-inspector.tsx';
import { OtherHead } from './other-head.tsx';
import { Overview } from './overview.tsx';
import { Story } from './story.tsx';
import { VmHead } from './vm-head.tsx';
import { Why } from './why.tsx';

const kindOf = (entity: string): string => entity.slice(0, entity.indexOf(':'));
const idOf = (entity: string): string => entity.slice(entity.indexOf(':') + 1);

const Head = ({ entity, state }: { readonly entity: string; readonly state: ClusterState }) => {
  const id = idOf(entity);
  const vm = kindOf(entity) === 'vm' ? state.vms.find((v) => v.id === id) : undefined;
  if (vm !== undefined) return <VmHead vm={vm} state={state} />;
  const host = kindOf(entity) === 'host' ? state.hosts.find((h) => h.name === id) : undefined;
  if (host !== undefined) return <HostHead host={host} state={state} />;
  return <OtherHead kind={kindOf(entity)} id={id} state={state} />;
};

const Machines = ({ entity }: { readonly entity: string }) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const { value, failure } = useLatest(
    'view.machine',
    { timeline, entity, at: desk.player.settled.value },
    `${timeline}/${entity}`,
  );
  if (failure !== null) {
    return (
      <section>
        <p class="failure">{failure.sentence}</p>
      </section>
    );
  }
  return (
    <>
      {(value ?? []).map((machine) => (
        <Machine key={machine.title} machine={machine} />
      ))}
    </>
  );
};

const Selected = ({ entity }: { readonly entity: string }) => {
  const desk = useDesk();
  const state = desk.states.value.value;
  const failure = desk.states.failure.value;
  const anomalies = (state?.anomalies ?? []).filter((a) => a.entity === entity).toSorted(bySeverity);
  return (
    <>
      {failure !== null && (
        <section>
          <p class="failure">{failure.sentence}</p>
        </section>
      )}
      {state !== null && <Head entity={entity} state={state} />}
      {anomalies.length > 0 && (
        <section>
          <h3>Anomalies of it</h3>
          <ul>
            {anomalies.map((a) => (
              <AnomalyRow key={`${a.seq}/${a.rule}`} anomaly={a} />
            ))}
          </ul>
        </section>
      )}
      <Why entity={entity} />
      <Machines entity={entity} />
      <Story entity={entity} />
    </>
  );
};

export const Inspector = () => {
  const desk = useDesk();
  const entity = desk.selection.value;
  if (desk.place.value === 'network') return <NetworkInspector />;
  const isPlanning = desk.migrate.hosts.value.length > 0 || desk.migrate.goal.value !== 'drain';
  if (desk.place.value === 'migrate' && (isPlanning || entity?.startsWith('vm:') === true)) return <MigrateInspector />;
  if (entity !== null) return <Selected key={entity} entity={entity} />;
  if (desk.place.value === 'consolidate') return <ConsolidateInspector />;
  if (desk.place.value === 'drill') return <DrillInspector />;
  return <Overview />;
};
