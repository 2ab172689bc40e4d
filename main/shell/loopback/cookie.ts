// The loopback shell's ticket: a token for the printed address, good once, and the cookie it is exchanged for.
import { randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32; // 256 bits: not to be guessed by another user of this machine

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

/**
 * A fresh token and a fresh session.
 * @param port where the server listens; browsers keep one set of cookies for all ports of an address, so the cookie's
 *   name carries it and a second server throws nobody out of the first
 */
export const createAdmission = (port: number): Admission => {
  const cookie = `understudy-${port}`;
  const session = randomBytes(SECRET_BYTES).toString('base64url');
  let token: string | null = randomBytes(SECRET_BYTES).toString('base64url');
  return {
    token: () => token,
    redeem: (offered) => {
      if (token === null || !same(offered, token)) return null;
      token = null;
      return `${cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
    admits: (header) =>
      (header ?? '').split(';').some((pair) => {
        const [name, value] = pair.split('=', 2).map((part) => part.trim());
        return name === cookie && value !== undefined && same(value, session);
      }),
  };
};
