/**
 * Stand-ins for what surrounds a session: host time that a test turns by hand, a channel that keeps what was posted, a guest whose every `run` the
 * test decides. They let slices and pacing be checked to the millisecond; what a real guest does is checked elsewhere.
 */
import type { Debugger, DebuggerEvents, SliceResult } from '../../src/debug/api.js';
import type { Views } from '../../src/debug/views/views.js';
import type { Method, Params, Result, SessionEvents } from '../../src/protocol/api.js';
import type { LaunchOptions, FlashSector, TrapInfo } from '../../src/protocol/model.js';
import type { EventMessage, RequestMessage, ResponseMessage, ToClient } from '../../src/protocol/wire.js';
import type { Backend } from '../../src/session/backend.js';
import type { SessionHost } from '../../src/session/host.js';

interface Timer {
  at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Host time that passes only when asked to. */
export class FakeHost implements SessionHost {
  time = 1000;
  private order = 0;
  private timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  defer(callback: () => void): void {
    this.add(0, callback);
  }

  delay(ms: number, callback: () => void): () => void {
    const timer = this.add(ms, callback);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  }

  private add(ms: number, fire: () => void): Timer {
    const timer = { at: this.time + ms, order: this.order++, fire };
    this.timers.push(timer);
    return timer;
  }

  /** Fires what is due, in order, until `ms` have passed. Callbacks may take time themselves by moving `time`. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!due) break;
      this.timers = this.timers.filter((t) => t !== due);
      this.time = Math.max(this.time, due.at);
      due.fire();
    }
    this.time = Math.max(this.time, end);
  }

  get pending(): number {
    return this.timers.length;
  }
}

export interface RunCall {
  readonly limit: number;
  readonly sleepUntil: number;
  readonly at: number;
}

const unasked = (): never => {
  throw new Error('no test asks a fake guest for this view');
};

/** A guest that executes at a given speed and stops when the test says so. */
export class FakeGuest implements Debugger {
  level = OPTIONS.level;
  readonly calls: RunCall[] = [];
  instructions = 0;
  virtualTime = 0;
  readonly inputs: number[] = [];
  readonly records: TrapInfo[] = [];
  readonly exits = new Map<string, number>();
  readonly dropped = new Map<string, number>();
  readonly unrecorded = new Map<string, number>();
  /** What `keepTraps` was told last. */
  keptAfter: number | undefined;
  memory = new Uint8Array(0x100);
  /** Sectors of the second flash that the guest has changed. */
  flash: FlashSector[] = [];
  pauseAsked = false;
  historyKept = false;
  goal = '';
  sites = 0;
  /** Whether blocks are counted. */
  counting = false;
  /** Interrupt lines that were driven by hand. */
  readonly driven: number[] = [];
  readonly views: Views = {
    sites: () => ({ rows: [], matching: 0, total: this.sites, row: -1, key: -1, pending: 0 }),
    site: () => undefined,
    blocks: ({ counting }) => {
      this.counting = counting;
      return {
        version: 0,
        more: false,
        center: 0,
        pc: 0,
        pcNode: 0,
        pcScanned: true,
        user: false,
        counts: [],
        taken: [],
      };
    },
    stopCounting: () => {
      this.counting = false;
    },
    analysisMap: () => ({ version: 0, more: false }),
    findCode: () => ({ found: [] }),
    timeline: () => ({
      now: this.virtualTime,
      nsPerInstruction: this.nsPerInstruction,
      kept: 0,
      capacity: 0,
      bytes: 0,
      classes: [],
      contextsSince: 0,
    }),
    timelineRows: () => ({ total: 0, first: 0, rows: [] }),
    trapDetail: () => undefined,
    trapsBehind: (_stretch, after, maximum) => {
      const rows = this.traps(after, Infinity).map((trap) => ({ ...trap, time: trap.count * this.nsPerInstruction }));
      return { rows: rows.slice(0, maximum), left: Math.max(0, rows.length - maximum) };
    },
    contextTimes: (start, end) => ({ times: [{ context: 'kernel', start, end }], until: end }),
    keepHistory: (on) => {
      this.historyKept = on;
    },
    interrupts: () => {
      throw new Error('no test asks a fake guest for interrupts');
    },
    driveInterrupt: ({ line }) => {
      this.driven.push(line);
    },
    registerGroups: () => [],
    registers: () => [],
    register: () => {
      throw new Error('no test asks a fake guest for a register');
    },
    registerNames: () => [],
    setRegister: () => {
      throw new Error('no test sets a register of a fake guest');
    },
    coverage: { all: () => [], of: () => [] },
    mmu: { state: unasked, ranges: unasked, translate: unasked, tlb: unasked },
    memory: { map: unasked, read: unasked, write: unasked, address: unasked, search: unasked },
  };
  hits = 3;
  /** What `run` returns once the slice's instructions are done; may return undefined to go on. */
  onRun: (guest: FakeGuest) => SliceResult | undefined = () => undefined;
  events: DebuggerEvents | undefined;

  constructor(
    readonly host: FakeHost,
    public instructionsPerMs: number,
    readonly nsPerInstruction: number,
  ) {}

  run(limit: number, sleepUntil: number): SliceResult {
    this.calls.push({ limit, sleepUntil, at: this.host.time });
    if (this.pauseAsked) {
      this.pauseAsked = false;
      return { kind: 'stopped', reason: { reason: 'pause', text: 'Paused.', breakpoints: [] } };
    }
    const decided = this.onRun(this);
    if (decided) return decided;
    this.execute(limit);
    return { kind: 'running' };
  }

  execute(instructions: number): void {
    this.instructions += instructions;
    this.virtualTime += instructions * this.nsPerInstruction;
    this.host.time += instructions / this.instructionsPerMs;
  }

  trap(cls: string, text: string): void {
    const sequence = this.records.length + 1;
    this.records.push({
      sequence,
      count: this.instructions,
      pc: 0x8000 + 4 * sequence,
      isa: 'A32',
      word: 0xe10f0000,
      text,
      cls,
      cause: 'SVC',
      verdict: 'emulate',
      modeBefore: 'svc',
      modeAfter: 'svc',
      changed: [],
    });
    this.exits.set(cls, (this.exits.get(cls) ?? 0) + 1);
  }

  pause(): void {
    this.pauseAsked = true;
  }
  continue(): void {
    this.goal = 'continue';
  }
  stepInstruction(kind: string): void {
    this.goal = `instruction ${kind}`;
  }
  stepLine(kind: string): void {
    this.goal = `line ${kind}`;
  }
  runTo(address: number): void {
    this.goal = `to ${address}`;
  }
  reset(): void {
    this.instructions = 0;
    this.virtualTime = 0;
  }
  setSourceBreakpoints(_path: string, lines: readonly { readonly line: number }[]) {
    return lines.map(({ line }, i) => ({ id: i + 1, verified: true, line }));
  }
  breakpointLines(): readonly number[] {
    return [];
  }
  setFunctionBreakpoints(names: readonly { readonly name: string }[]) {
    return names.map((_, i) => ({ id: i + 1, verified: true }));
  }
  private nextId = 1;
  lastAddresses: number[] = [];
  setInstructionBreakpoints(addresses: readonly { readonly address: number }[]) {
    this.lastAddresses = addresses.map(({ address }) => address);
    return addresses.map(({ address }) => ({ id: this.nextId++, verified: true, address }));
  }
  takeFlashChanges(): readonly FlashSector[] {
    return this.flash.splice(0);
  }
  setTrapFilters(): void {}
  trapClasses() {
    return [{ id: 'status-register', label: 'Status register', description: '' }];
  }
  stack() {
    return [{ pc: 0, name: 'start', certain: true }];
  }
  scopes() {
    return [];
  }
  variables() {
    return [];
  }
  setVariable(_name: string, expression: string): string {
    return expression;
  }
  evaluate(expression: string) {
    if (expression === 'bug') throw new TypeError('no such thing');
    return { value: expression };
  }
  readMemory(address: number, length: number): Uint8Array {
    return this.memory.slice(address, address + length);
  }
  writeMemory(address: number, bytes: Uint8Array): number {
    this.memory.set(bytes, address);
    return bytes.length;
  }
  disassemble(address: number, _offset: number, count: number) {
    const infos = [];
    for (let at = address; at < this.memory.length && infos.length < count; at += 4) {
      const bytes = [...this.memory.subarray(at, at + 4)].map((b) => b.toString(16).padStart(2, '0')).join('');
      infos.push({
        address: at,
        isa: 'A32' as const,
        bytes,
        text: at === 8 ? 'mrs r0, apsr' : 'nop',
        ...(at === 0 && { symbol: '_start' }),
        ...(at === 8 && this.sites > 0 && { planted: 'ef000001', plantedText: 'svc #1', hits: this.hits }),
      });
    }
    return infos;
  }
  decodeAt() {
    return [];
  }
  symbols() {
    return [];
  }
  codeRanges() {
    return [{ name: 'fake.elf', address: 0, length: this.memory.length, thumb: false }];
  }
  input(bytes: Uint8Array): void {
    this.inputs.push(...bytes);
  }
  report(): never {
    throw new Error('no test asks a fake guest for metrics');
  }

  setLevel(level: number): void {
    this.level = level;
  }

  standing() {
    return {
      instructions: this.instructions,
      virtualTime: this.virtualTime,
      mode: 'hypervised' as const,
      level: this.level,
      cpu: 'cortex-a15',
      cpuMode: 'svc',
    };
  }

  statistics() {
    return {
      ...this.standing(),
      exits: [...this.exits].map(([cls, count]) => ({
        cls,
        count,
        dropped: this.dropped.get(cls) ?? 0,
        unrecorded: this.unrecorded.get(cls) ?? 0,
      })),
      blocks: 0,
      sites: this.sites,
      injectedInterrupts: 0,
    };
  }
  traps(after: number, maximum: number, before = Infinity, only?: string): readonly TrapInfo[] {
    const all = this.records.filter(
      ({ sequence, cls }) => sequence > after && sequence < before && (only === undefined || cls === only),
    );
    return all.slice(Math.max(0, all.length - maximum));
  }
  keepTraps(after: number | undefined): void {
    this.keptAfter = after;
  }
  clearTraps(): void {
    this.records.length = 0;
    this.exits.clear();
  }
  pc(): number {
    return 0;
  }
}

/** A backend that hands out one guest. */
export function backendFor(guest: FakeGuest): Backend {
  return {
    loadDisassembler: () => Promise.resolve(),
    createDebugger: (_options, events) => {
      guest.events = events;
      return guest;
    },
    inspect: () => {
      throw new Error('not in this test');
    },
    scan: () => {
      throw new Error('not in this test');
    },
    decode: () => {
      throw new Error('not in this test');
    },
  };
}

export const OPTIONS: LaunchOptions = {
  board: 'virt',
  cpu: 'cortex-a15',
  mode: 'hypervised',
  level: 1,
  engine: 'interpreter',
  memory: 2 ** 24,
  loads: [],
  symbols: [],
  semihosting: false,
  coverage: false,
  nsPerInstruction: 16,
  epoch: 0,
  patches: 'overlay',
  unpredictable: 'undefined',
};

/** The client's end as a test holds it. */
export class FakeChannel {
  readonly posted: ToClient[] = [];
  private listener: ((message: RequestMessage) => void) | undefined;
  private nextId = 1;

  post(message: ToClient): void {
    this.posted.push(structuredClone(message));
  }

  onMessage(listener: (message: RequestMessage) => void): void {
    this.listener = listener;
  }

  /** Sends a request and gives the server a chance to answer. */
  async ask<M extends Method>(method: M, params: Params<M>): Promise<ResponseMessage> {
    const id = this.nextId++;
    this.listener?.({ kind: 'request', id, method, params } as RequestMessage);
    for (let i = 0; i < 20; i++) await Promise.resolve();
    const response = this.posted.find((m): m is ResponseMessage => m.kind !== 'event' && m.id === id);
    if (!response) throw new Error(`${method} was not answered`);
    return response;
  }

  /** The result of a request that must succeed. */
  async result<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const response = await this.ask(method, params);
    if (response.kind === 'error') throw new Error(`${method}: ${response.error.message}`);
    return response.result as Result<M>;
  }

  events<E extends keyof SessionEvents>(event: E): SessionEvents[E][] {
    return this.posted
      .filter((m): m is EventMessage => m.kind === 'event' && m.event === event)
      .map((m) => m.body as SessionEvents[E]);
  }
}
