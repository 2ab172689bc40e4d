// The life of a Cinder volume, in Cinder's status words.
import { lifecycle } from './lifecycle.ts';

const SIGNALS = [
  'CREATED',
  'DOWNLOAD',
  'RESERVE',
  'ATTACH',
  'ATTACHED',
  'DETACH',
  'DETACHED',
  'EXTEND',
  'UPLOAD',
  'RETYPE',
  'BACK_UP',
  'DONE',
  'DELETE',
  'DELETED',
  'FAULT',
  'RESET',
] as const;

/** cinder/objects/fields.py (VolumeStatus), the statuses a cluster's story meets. */
export const volumeLife = lifecycle(
  {
    id: 'volume',
    title: 'Volume',
    initial: 'creating',
    states: {
      creating: {
        CREATED: 'available',
        DOWNLOAD: 'downloading',
        FAULT: 'error',
        DELETE: 'deleting',
        DELETED: 'deleted',
      },
      downloading: { CREATED: 'available', FAULT: 'error' },
      available: {
        RESERVE: 'reserved',
        ATTACH: 'attaching',
        ATTACHED: 'in-use',
        EXTEND: 'extending',
        UPLOAD: 'uploading',
        RETYPE: 'retyping',
        BACK_UP: 'backing-up',
        DELETE: 'deleting',
        DELETED: 'deleted',
        FAULT: 'error',
      },
      reserved: { ATTACH: 'attaching', ATTACHED: 'in-use', DETACHED: 'available', FAULT: 'error' },
      attaching: { ATTACHED: 'in-use', DETACHED: 'available', FAULT: 'error' },
      'in-use': {
        DETACH: 'detaching',
        DETACHED: 'available',
        // A live migration attaches on the destination before it detaches on the source.
        ATTACHED: 'in-use',
        EXTEND: 'extending',
        UPLOAD: 'uploading',
        RETYPE: 'retyping',
        BACK_UP: 'backing-up',
        FAULT: 'error',
      },
      detaching: { DETACHED: 'available', ATTACHED: 'in-use', FAULT: 'error' },
      extending: { DONE: 'available', ATTACHED: 'in-use', FAULT: 'error' },
      uploading: { DONE: 'available', ATTACHED: 'in-use', FAULT: 'error' },
      retyping: { DONE: 'available', ATTACHED: 'in-use', FAULT: 'error' },
      'backing-up': { DONE: 'available', ATTACHED: 'in-use', FAULT: 'error' },
      deleting: { DELETED: 'deleted', FAULT: 'error_deleting' },
      deleted: {},
      error: { RESET: 'available', DELETE: 'deleting', DELETED: 'deleted', ATTACHED: 'in-use' },
      error_deleting: { RESET: 'available', DELETE: 'deleting', DELETED: 'deleted' },
    },
    exits: ['error', 'error_deleting', 'deleting', 'deleted'],
  },
  SIGNALS,
);
