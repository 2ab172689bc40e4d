// Short names for questions: equal questions have equal names.
import { createHash } from 'node:crypto';

export const short = (of: unknown): string =>
  createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 12);
