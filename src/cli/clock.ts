/** Host time on Node, for the command line and for the hosts of its sessions and the worker's. */

const MS = 1000;

/** Milliseconds since the process began. PERF: Node loads the global `performance` when it is first asked for (start: 2.8 ms). */
export function milliseconds(): number {
  return process.uptime() * MS;
}
