// The loopback shell's ticket: a token for the printed address, good once, and the cookie it is exchanged for.
import { randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32; // 256 bits: not to be guessed by another user of this machine
const COOKIE = 'understudy';

export type Admission = {
  /** The token for the printed address; null once it was used. */
  readonly token: () => string | null;
  /** Trades the token for a `Set-Cookie` value; null when it is not the token or was used already. */
  readonly redeem: (token: string) => string | null;
  /** True when a `Cookie` header carries the session. */
  readonly admits: (cookieHeader: string | undefined) => boolean;
};

const same = (a: string, b: string): boolean => {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
};

export const createAdmission = (): Admission => {
  const session = randomBytes(SECRET_BYTES).toString('base64url');
  let token: string | null = randomBytes(SECRET_BYTES).toString('base64url');
  return {
    token: () => token,
    redeem: (offered) => {
      if (token === null || !same(offered, token)) return null;
      token = null;
      return `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    admits: (header) =>
      (header ?? '').split(';').some((pair) => {
        const [name, value] = pair.split('=', 2).map((part) => part.trim());
        return name === COOKIE && value !== undefined && same(value, session);
      }),
  };
};
