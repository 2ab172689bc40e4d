// What no page in Electron may do: leave, open windows, embed others, or use the machine's devices.
import { app, type Session, type WebContents } from 'electron';

const pin = (contents: WebContents): void => {
  const refuse = (event: { preventDefault: () => void }): void => event.preventDefault();
  contents.on('will-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
};

/** Applies to every page made after it; call before the first window. */
export const lockDown = (session: Session): void => {
  app.on('web-contents-created', (_event, contents) => pin(contents));
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
};
