// A state with some of it replaced: the same fields, and a hash that nobody reads unless it is asked for.
import { describe, expect, it } from 'vitest';
import { alteredState } from '../../../domain/readout/altered-state.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';

describe('a state with some of it replaced', () => {
  const counted = () => {
    let reads = 0;
    const state = {
      timeline: 'main',
      get hash() {
        reads++;
        return 'abc';
      },
      release: null,
      hosts: [],
    } as unknown as ClusterState;
    return { state, reads: () => reads };
  };

  it('says the same as a spread, field after field', () => {
    const { state } = counted();
    const altered = alteredState(state, { release: 'zed' });
    expect(JSON.stringify(altered)).toBe(JSON.stringify({ ...state, release: 'zed' }));
  });

  it('does not read the hash until somebody asks for it, and leaves the state as it was', () => {
    const { state, reads } = counted();
    const altered = alteredState(alteredState(state, { release: 'zed' }), { vms: [] });
    expect([altered.release, altered.vms, reads()]).toEqual(['zed', [], 0]);
    expect(altered.hash).toBe('abc');
    expect(state.release).toBeNull();
  });
});
