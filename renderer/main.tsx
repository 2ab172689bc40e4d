// The window's composition: link, frames, player and desk are made once here, then the panels are drawn.
import './tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/surfaces.css';
import './styles/inspector.css';
import './styles/floating.css';
import './styles/places.css';
import './styles/migrate.css';
import './styles/network.css';
import './styles/capacity.css';
import './styles/consolidate.css';
import { options, render } from 'preact';
import { Frames } from './playback/frames.ts';
import { Player } from './playback/player.ts';
import { Client } from './session/client.ts';
import { Desk, DeskProvider } from './session/desk.ts';
import { Idle } from './session/idle.ts';
import { openerFor } from './session/transport.ts';
import { App } from './panels/app.tsx';

declare global {
  interface Window {
    /** Resolves when no call, fold, render, paint or chart is pending. */
    __idle: () => Promise<void>;
    /** What it waits for, in words. */
    __busy: () => readonly string[];
  }
}

const idle = new Idle();
const frames = new Frames(idle);

// Preact's renders and effects are counted as pending work, and effects run in the frames everyone else uses.
options.debounceRendering = (render) => {
  const done = idle.begin('render');
  queueMicrotask(() => {
    render();
    done();
  });
};
options.requestAnimationFrame = (effects) => frames.next(effects, effects);

const client = new Client(openerFor(window), idle);
const desk = new Desk({ client, frames, player: new Player(frames, idle), idle });
window.__idle = () => idle.settled();
window.__busy = () => idle.busy();

const root = document.getElementById('window');
if (root !== null) {
  render(
    <DeskProvider value={desk}>
      <App />
    </DeskProvider>,
    root,
  );
}
