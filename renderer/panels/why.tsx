// Why a VM is in trouble: its cause chain, each link a way to its instant; nothing where there is nothing to explain.
import { useDesk } from '../session/desk.ts';
import { useLatest } from '../session/use-latest.ts';
import { day } from '../../domain/readout/words.ts';
import { StoryItem } from './story.tsx';

export const Why = ({ entity }: { readonly entity: string }) => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const asked = entity.startsWith('vm:') ? { timeline, entity, at: desk.player.settled.value } : null;
  const { value, failure, pending } = useLatest('view.why', asked, `${timeline}/${entity}`);
  if (failure !== null) {
    return (
      <section>
        <h3>Why</h3>
        <p class="failure">{failure.sentence}</p>
      </section>
    );
  }
  const [links, verdict] = [value?.links ?? [], value?.verdict];
  const [first, last] = [links[0], links.at(-1)];
  if (first === undefined || last === undefined) return null;
  const dated = day(first.at) !== day(last.at);
  return (
    <section class={pending ? 'late-bar' : ''} data-testid="why">
      <h3>Why</h3>
      <p class="muted">{verdict}</p>
      <ul class={dated ? 'story dated' : 'story'}>
        {links.map((link) => (
          <StoryItem key={`${link.seq}/${link.role}`} line={link} dated={dated} />
        ))}
      </ul>
    </section>
  );
};
