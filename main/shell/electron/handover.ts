// The two words with which Electron's window and main process hand a port over; the window knows the second one.
/** Preload to main: a window is ready and wants a port. */
export const WANTED = 'understudy:connect';
/** Main to preload, and preload to window as the message's data: here is the port. */
export const HANDED_OVER = 'understudy:port';
