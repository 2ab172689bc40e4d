// The place a person is in.
import { unreachable } from '../../domain/base/result.ts';
import { CapacityPlace } from '../places/capacity.tsx';
import { ClusterPlace } from '../places/cluster.tsx';
import { ConsolidatePlace } from '../places/consolidate.tsx';
import { ComparePlace } from '../places/compare.tsx';
import { DrillPlace } from '../places/drill.tsx';
import { MigratePlace } from '../places/migrate.tsx';
import { NetworkPlace } from '../places/network.tsx';
import { useDesk } from '../session/desk.ts';

export const Stage = () => {
  const place = useDesk().place.value;
  switch (place) {
    case 'cluster':
      return <ClusterPlace />;
    case 'network':
      return <NetworkPlace />;
    case 'migrate':
      return <MigratePlace />;
    case 'drill':
      return <DrillPlace />;
    case 'consolidate':
      return <ConsolidatePlace />;
    case 'capacity':
      return <CapacityPlace />;
    case 'compare':
      return <ComparePlace />;
    default:
      return unreachable(place);
  }
};
