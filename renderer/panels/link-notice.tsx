// Says plainly that the connection is lost, or why nothing is shown yet.
import { useDesk } from '../session/desk.ts';

export const LinkNotice = () => {
  const desk = useDesk();
  const link = desk.client.link.value;
  const failure = desk.logFailure.value ?? desk.pictures.failure.value;
  if (link.state === 'lost') {
    return (
      <p class="notice bad" role="alert">
        {link.sentence}
      </p>
    );
  }
  if (failure !== null && failure.code !== 'lost') {
    return (
      <p class="notice bad" role="alert">
        {failure.sentence}
      </p>
    );
  }
  if (desk.log.value === null) return <p class="notice late">Opening the log.</p>;
  return null;
};
