// The words with which Electron's processes hand the window its port.
/** Preload to main: the window has loaded and wants a port. */
export const WANTED = 'understudy:port-wanted';
/** Main to preload: here is the port. */
export const HANDED_OVER = 'understudy:port';
/** Preload to window: the `kind` of the message that carries the port. */
export const FOR_WINDOW = 'understudy-port';
