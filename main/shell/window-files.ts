// The built window as the shells hand it out: a path becomes a file inside its folder, with the headers that go with it.
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

export type Served = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

const MIME: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The window may load its own files and talk to its own port, and nothing else. Style attributes are allowed because the
 * charts' tooltips are built from them; style sheets and scripts only come from files.
 */
export const contentSecurityPolicy = (connect: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Headers of every answer; `connect` is the CSP source list the window may open connections to. */
export const protectiveHeaders = (connect: string): Record<string, string> => ({
  'Content-Security-Policy': contentSecurityPolicy(connect),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
});

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
};

const NOT_FOUND: Served = {
  status: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body: 'There is no such file in the window.\n',
};

/**
 * The file of `dir` that a URL path names; `/` is index.html. Links are resolved before the path is judged, so neither
 * `..`, encoded or not, nor a symbolic link leads out of `dir`.
 */
export const windowFile = async (dir: string, urlPath: string): Promise<Served> => {
  const path = decoded(urlPath);
  if (path === null || path.includes('\0') || path.includes('\\')) return NOT_FOUND;
  try {
    const root = await realpath(dir);
    const file = await realpath(join(root, path.endsWith('/') ? `${path}index.html` : path));
    if (!file.startsWith(root + sep)) return NOT_FOUND;
    const type = MIME[extname(file)] ?? 'application/octet-stream';
    // Vite names what it builds by content, below assets/; only those may be kept.
    const hashed = path.startsWith('/assets/');
    const cache = hashed ? 'private, max-age=31536000, immutable' : 'no-store';
    return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': cache }, body: await readFile(file) };
  } catch {
    return NOT_FOUND;
  }
};
