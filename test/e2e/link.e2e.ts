// The program stops while its window is open.
import assert from 'node:assert/strict';
import { mapSays } from './moves.ts';
import type { Story } from './story.ts';

export const losing: Story = {
  name: 'link: when the program stops, the window keeps its picture and says in a sentence what happened',
  run: async ({ page, shell, faults }) => {
    const before = await mapSays(page);
    await shell.stop();
    const notice = page.getByRole('alert');
    await notice.waitFor();
    assert.match(
      await notice.innerText(),
      /connection to Understudy was lost.*start it again and open the new address/is,
    );
    assert.equal(await mapSays(page), before);
    faults.length = 0; // the browser itself logs each refused reconnection
  },
};
