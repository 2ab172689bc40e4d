// The life of a tunnel port: it exists and carries packets, it ceases to, it is removed.
import { lifecycle } from './lifecycle.ts';

export const tunnelLife = lifecycle(
  {
    id: 'tunnel',
    title: 'Tunnel',
    initial: 'up',
    states: {
      up: { REPORT: 'up', UP: 'up', DOWN: 'down', REMOVE: 'removed' },
      down: { REPORT: 'down', UP: 'up', DOWN: 'down', REMOVE: 'removed' },
      removed: { REPORT: 'up' },
    },
    exits: ['down', 'removed'],
  },
  ['REPORT', 'UP', 'DOWN', 'REMOVE'],
);
