// A private Open vSwitch per host in a temporary directory: no root, no kernel module, no system database.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';
const PROGRAMS = ['/usr/sbin/ovs-vswitchd', '/usr/sbin/ovsdb-server'];

/** Why Open vSwitch cannot be run here; null when it can. */
export const missingOpenVswitch = (): string | null => {
  const missing = [SCHEMA, ...PROGRAMS].filter((path) => !existsSync(path));
  return missing.length === 0 ? null : `Open vSwitch is not installed (${missing.join(', ')} missing)`;
};

/** The first reply of a JSON-RPC peer on a Unix socket. */
const ask = (socket: string, method: string, params: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const client = connect(socket);
    let text = '';
    client.on('connect', () => client.write(JSON.stringify({ id: 1, method, params })));
    client.on('error', reject);
    client.on('data', (chunk) => {
      text += chunk.toString();
      let reply: { result: string | null; error: string | null };
      try {
        reply = JSON.parse(text) as typeof reply;
      } catch {
        return; // the reply is longer than one chunk
      }
      client.destroy();
      if (reply.error === null) resolve(reply.result ?? '');
      else reject(new Error(`${method}: ${reply.error}`));
    });
  });

const appears = async (path: string): Promise<void> => {
  for (let i = 0; i < 250; i++) {
    if (existsSync(path)) return;
    await sleep(20);
  }
  throw new Error(`Open vSwitch did not start: ${path} never appeared`);
};

/** One switch daemon with its database. Stop it in a finally block. */
export class OvsDaemon {
  readonly #dir = mkdtempSync(join(tmpdir(), 'understudy-ovs-'));
  readonly #children: ChildProcess[] = [];
  readonly #env = { ...process.env, OVS_RUNDIR: this.#dir, OVS_LOGDIR: this.#dir, OVS_DBDIR: this.#dir };

  #spawn(program: string, args: readonly string[]): void {
    this.#children.push(spawn(program, args, { env: this.#env, stdio: 'ignore' }));
  }

  async start(): Promise<void> {
    const db = join(this.#dir, 'conf.db');
    await run('ovsdb-tool', ['create', db, SCHEMA], { env: this.#env });
    this.#spawn('/usr/sbin/ovsdb-server', [
      db,
      `--remote=punix:${this.#dir}/db.sock`,
      `--unixctl=${this.#dir}/ovsdb.ctl`,
    ]);
    await appears(join(this.#dir, 'db.sock'));
    await this.vsctl(['--no-wait', 'init']);
    const dummy = ['--enable-dummy=system', '--disable-system', '--disable-system-route'];
    this.#spawn('/usr/sbin/ovs-vswitchd', [`unix:${this.#dir}/db.sock`, ...dummy, `--unixctl=${this.#dir}/switch.ctl`]);
    await appears(join(this.#dir, 'switch.ctl'));
  }

  async vsctl(args: readonly string[]): Promise<string> {
    return (await run('ovs-vsctl', [`--db=unix:${this.#dir}/db.sock`, ...args], { env: this.#env })).stdout;
  }

  /** `ovs-appctl METHOD ARGS...` over its own socket: a process less per packet. */
  appctl(method: string, ...params: readonly string[]): Promise<string> {
    return ask(join(this.#dir, 'switch.ctl'), method, params);
  }

  async loadFlows(bridge: string, protocol: string, flows: readonly string[]): Promise<void> {
    const file = join(this.#dir, `${bridge}.flows`);
    writeFileSync(file, flows.join('\n'));
    await run('ovs-ofctl', ['-O', protocol, 'add-flows', `unix:${this.#dir}/${bridge}.mgmt`, file], { env: this.#env });
  }

  async dumpFlows(bridge: string, protocol: string): Promise<string[]> {
    const args = ['-O', protocol, '--no-stats', 'dump-flows', `unix:${this.#dir}/${bridge}.mgmt`];
    const { stdout } = await run('ovs-ofctl', args, { env: this.#env });
    return stdout.split('\n').map((l) => l.trim()).filter((l) => l.includes('actions=')); // prettier-ignore
  }

  stop(): void {
    for (const child of this.#children.reverse()) child.kill('SIGKILL');
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
