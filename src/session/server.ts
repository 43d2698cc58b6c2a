/**
 * The worker's end of the session protocol: one guest, its debugger, its runner. Answers each request in order, turns every error into an answer, and
 * never throws into the void. Knows no files, no editor, and nothing of how messages travel.
 */
import {
  PROTOCOL_VERSION,
  type EventName,
  type Method,
  type Params,
  type Result,
  type SessionApi,
  type SessionEvents,
} from '../protocol/api.js';
import type { StackFrameInfo } from '../protocol/model.js';
import type { EventMessage, RequestMessage, ServerChannel } from '../protocol/wire.js';
import { sessionErrors, UserError } from '../util/errors.js';
import type { Backend, OpenImage } from './backend.js';
import { DISASSEMBLY, FUNCTIONS } from './breakpoints.js';
import { describeBug } from './bugs.js';
import type { SessionHost } from './host.js';
import { Launched } from './launched.js';
import { exportPart } from './trap-export.js';
import { comparePatched } from './patched-listing.js';

/** A function breakpoint that gives an address. */
const ADDRESS_NAME = /^\s*\*?\s*(0[xX][0-9a-fA-F]{1,8})\s*$/;

/** Frames beyond these are the work of a confused unwinder. */
const MOST_FRAMES = 200;
/** The most that one request for memory may return: enough for any view. */
const LARGEST_READ = 2 ** 24;

type Handlers = { [M in Method]: (params: Params<M>) => Result<M> | Promise<Result<M>> };

export class SessionServer implements Handlers {
  private launched: Launched | undefined;
  private image: OpenImage | undefined;
  private readonly trapFilters = new Map<string, readonly string[]>();
  private subscription: Params<'subscribeTraps'> = { on: false };
  private keepsHistory = false;
  /** Requests are answered one after the other, also when one of them waits. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly channel: ServerChannel,
    private readonly host: SessionHost,
    private readonly backend: Backend,
  ) {
    channel.onMessage((message) => {
      this.queue = this.queue.then(() => this.answer(message));
    });
  }

  private async answer({ id, method, params }: RequestMessage): Promise<void> {
    try {
      if (!Object.hasOwn(SESSION_METHODS, method)) throw new Error(`there is no request named ${String(method)}`);
      // a request's params belong to its method by the message's type, which a call through a table loses
      const result = await (this[method] as (params: Params<Method>) => Result<Method> | Promise<Result<Method>>)(
        params,
      );
      this.channel.post({ kind: 'result', id, result });
    } catch (error) {
      const info =
        error instanceof UserError
          ? { number: error.number, message: error.message }
          : { number: 0, message: describeBug(error) };
      this.channel.post({ kind: 'error', id, error: info });
    }
  }

  private send<E extends EventName>(event: E, body: SessionEvents[E], transfer?: readonly ArrayBuffer[]): void {
    // the pair is sound by the signature
    this.channel.post({ kind: 'event', event, body } as EventMessage, transfer);
  }

  private get session(): Launched {
    if (!this.launched) throw sessionErrors.notLaunched();
    return this.launched;
  }

  /** The session, if its guest stands still. */
  private get halted(): Launched {
    const { runner } = this.session;
    if (runner.state !== 'stopped' && runner.state !== 'ended') throw sessionErrors.guestRunning();
    return this.session;
  }

  async initialize({ version, disassembler }: Params<'initialize'>): Promise<Result<'initialize'>> {
    if (version !== PROTOCOL_VERSION) throw sessionErrors.versionMismatch(version, PROTOCOL_VERSION);
    if (disassembler) await this.backend.loadDisassembler(disassembler);
    return {};
  }

  inspect({ file }: Params<'inspect'>): Result<'inspect'> {
    this.image = this.backend.inspect(file);
    return this.image.info;
  }

  imageLines({ address, offset, count }: Params<'imageLines'>): Result<'imageLines'> {
    if (!this.image) throw sessionErrors.noImageOpen();
    return this.image.disassemble(address, offset, count);
  }

  scan({ file, address }: Params<'scan'>): Result<'scan'> {
    return this.backend.scan(file, address);
  }

  decode(request: Params<'decode'>): Result<'decode'> {
    return this.backend.decode(request);
  }

  decodeAt(place: Params<'decodeAt'>): Result<'decodeAt'> {
    if (this.launched) return this.launched.guest.decodeAt(place);
    if (!this.image) throw sessionErrors.noImageOpen();
    return this.image.decodeAt(place);
  }

  launch(params: Params<'launch'>): Result<'launch'> {
    this.launched?.dispose();
    // its memory goes before the next guest's comes
    this.launched = undefined;
    const launched = new Launched(params, this.backend, this.host, (event, body, transfer) => {
      this.send(event, body, transfer);
    });
    this.launched = launched;
    const { guest, live } = launched;
    guest.setTrapFilters(this.allTrapFilters());
    live.subscribe(this.subscription);
    launched.keepHistory(this.keepsHistory);
    this.send('status', live.status());
    return { trapClasses: guest.trapClasses(), status: live.status() };
  }

  continue(): void {
    this.session.resume((guest) => {
      guest.continue();
    });
  }

  step({ unit, kind }: Params<'step'>): void {
    this.session.resume((guest) => {
      if (unit === 'instruction') guest.stepInstruction(kind);
      else guest.stepLine(kind);
    });
  }

  runTo({ address }: Params<'runTo'>): void {
    this.session.resume((guest) => {
      guest.runTo(address >>> 0);
    });
  }

  finish(): void {
    this.launched?.finish();
  }

  pause(): void {
    this.session.runner.pause();
  }

  setSourceBreakpoints({ path, breakpoints }: Params<'setSourceBreakpoints'>): Result<'setSourceBreakpoints'> {
    return this.session.guest.setSourceBreakpoints(path, breakpoints);
  }

  setListingBreakpoints({ document, breakpoints }: Params<'setListingBreakpoints'>): Result<'setListingBreakpoints'> {
    const { listings, addressBreakpoints } = this.session;
    const places = breakpoints.map((request) => {
      const place = listings.addressOf(document, request.line);
      return place && { request, ...place };
    });
    const found = places.filter((place) => place !== undefined);
    const results = addressBreakpoints.set(
      document,
      found.map(({ request, address }) => ({ ...request, address })),
    );
    let next = 0;
    return places.map((place) =>
      place
        ? { ...results[next++], line: place.line }
        : { id: 0, verified: false, message: 'There is no instruction on this line or below it.' },
    );
  }

  setFunctionBreakpoints({ breakpoints }: Params<'setFunctionBreakpoints'>): Result<'setFunctionBreakpoints'> {
    const { guest, addressBreakpoints } = this.session;
    const addresses = breakpoints.map(({ name }) => ADDRESS_NAME.exec(name)?.[1]);
    const named = guest.setFunctionBreakpoints(breakpoints.filter((_, i) => addresses[i] === undefined));
    const placed = addressBreakpoints.set(
      FUNCTIONS,
      breakpoints.flatMap((request, i) => {
        const text = addresses[i];
        return text === undefined ? [] : [{ ...request, address: Number(text) }];
      }),
    );
    let nextNamed = 0;
    let nextPlaced = 0;
    return addresses.map((text) => (text === undefined ? named[nextNamed++] : placed[nextPlaced++]));
  }

  setInstructionBreakpoints({ breakpoints }: Params<'setInstructionBreakpoints'>): Result<'setInstructionBreakpoints'> {
    return this.session.addressBreakpoints.set(DISASSEMBLY, breakpoints);
  }

  breakpointLines({ path, document, first, last }: Params<'breakpointLines'>): Result<'breakpointLines'> {
    const { guest, listings } = this.session;
    if (document !== undefined) return listings.breakpointLines(document, first, last);
    return guest.breakpointLines(path ?? '', first, last);
  }

  setTrapFilters({ owner, classes }: Params<'setTrapFilters'>): void {
    this.trapFilters.set(owner, classes);
    this.launched?.guest.setTrapFilters(this.allTrapFilters());
    // other words may be planted now
    this.launched?.refreshListings();
  }

  private allTrapFilters(): string[] {
    return [...new Set([...this.trapFilters.values()].flat())];
  }

  stack({ first, count }: Params<'stack'>): Result<'stack'> {
    const { guest, listings } = this.halted;
    const all = guest.stack(MOST_FRAMES);
    const frames = all.slice(first, first + count).map((frame): StackFrameInfo => {
      const listing = listings.at(frame.pc);
      return listing ? { ...frame, listing } : frame;
    });
    return { frames, total: all.length };
  }

  scopes(): Result<'scopes'> {
    return this.halted.guest.scopes();
  }

  variables({ scope }: Params<'variables'>): Result<'variables'> {
    return this.halted.guest.variables(scope);
  }

  setVariable({ evaluateName, expression }: Params<'setVariable'>): Result<'setVariable'> {
    const value = this.halted.guest.setVariable(evaluateName, expression);
    this.send('edited', {});
    return { value };
  }

  evaluate({ expression }: Params<'evaluate'>): Result<'evaluate'> {
    return this.session.guest.evaluate(expression);
  }

  readMemory({ address, length }: Params<'readMemory'>): Result<'readMemory'> {
    return this.session.guest.readMemory(address >>> 0, Math.min(length, LARGEST_READ));
  }

  writeMemory({ address, bytes }: Params<'writeMemory'>): Result<'writeMemory'> {
    const written = this.session.guest.writeMemory(address >>> 0, bytes);
    this.session.refreshListings();
    this.send('edited', {});
    return written;
  }

  disassemble({ address, offset, count }: Params<'disassemble'>): Result<'disassemble'> {
    return this.session.guest.disassemble(address, offset, count);
  }

  symbols({ filter, maximum }: Params<'symbols'>): Result<'symbols'> {
    return this.session.guest.symbols(filter, maximum);
  }

  listingAt({ address }: Params<'listingAt'>): Result<'listingAt'> {
    return this.session.listings.at(address >>> 0) ?? null;
  }

  listing({ document }: Params<'listing'>): Result<'listing'> {
    return this.session.listings.read(document);
  }

  searchListing({ text, from }: Params<'searchListing'>): Result<'searchListing'> {
    return this.session.listings.search(text, from);
  }

  input({ bytes }: Params<'input'>): void {
    const { guest, runner } = this.session;
    guest.input(bytes);
    runner.wake();
  }

  status(): Result<'status'> {
    return this.session.live.status();
  }

  statistics(): Result<'statistics'> {
    return this.session.guest.statistics();
  }

  report(): Result<'report'> {
    return this.session.guest.report();
  }

  sites(query: Params<'sites'>): Result<'sites'> {
    return this.session.guest.views.sites(query);
  }

  interrupts(query: Params<'interrupts'>): Result<'interrupts'> {
    return this.session.guest.views.interrupts(query);
  }

  driveInterrupt(drive: Params<'driveInterrupt'>): void {
    const { guest, runner } = this.session;
    guest.views.driveInterrupt(drive);
    runner.wake();
    this.send('edited', {});
  }

  registerGroups(): Result<'registerGroups'> {
    return this.session.guest.views.registerGroups();
  }

  registers({ group }: Params<'registers'>): Result<'registers'> {
    return this.session.guest.views.registers(group);
  }

  register({ id }: Params<'register'>): Result<'register'> {
    return this.session.guest.views.register(id);
  }

  registerNames(): Result<'registerNames'> {
    return this.session.guest.views.registerNames();
  }

  setRegister({ id, field, expression }: Params<'setRegister'>): Result<'setRegister'> {
    const session = id.includes(':') ? this.session : this.halted;
    const register = session.guest.views.setRegister(id, field, expression);
    session.runner.wake();
    this.send('edited', {});
    return register;
  }

  coverage(): Result<'coverage'> {
    return this.session.guest.views.coverage.all();
  }

  listingCoverage({ document }: Params<'listingCoverage'>): Result<'listingCoverage'> {
    const { guest, listings } = this.session;
    const lines = listings.placed(document);
    const counts = guest.views.coverage.of(lines.map(({ address }) => address));
    return lines.map(({ line }, i) => ({ line, ...counts[i] }));
  }

  mmuState({ space }: Params<'mmuState'>): Result<'mmuState'> {
    return this.session.guest.views.mmu.state(space);
  }

  mmuRanges(query: Params<'mmuRanges'>): Result<'mmuRanges'> {
    return this.session.guest.views.mmu.ranges(query);
  }

  mmuTranslate(query: Params<'mmuTranslate'>): Result<'mmuTranslate'> {
    return this.session.guest.views.mmu.translate(query);
  }

  mmuTlb(query: Params<'mmuTlb'>): Result<'mmuTlb'> {
    return this.session.guest.views.mmu.tlb(query);
  }

  memoryMap(): Result<'memoryMap'> {
    return this.session.guest.views.memory.map();
  }

  memoryBytes(query: Params<'memoryBytes'>): Result<'memoryBytes'> {
    return this.session.guest.views.memory.read(query);
  }

  memoryStore(params: Params<'memoryStore'>): Result<'memoryStore'> {
    const written = this.session.guest.views.memory.write(params);
    this.session.refreshListings();
    this.send('edited', {});
    return written;
  }

  memoryAddress({ expression }: Params<'memoryAddress'>): Result<'memoryAddress'> {
    return this.session.guest.views.memory.address(expression);
  }

  memorySearch(query: Params<'memorySearch'>): Result<'memorySearch'> {
    return this.session.guest.views.memory.search(query);
  }

  site({ key }: Params<'site'>): Result<'site'> {
    return this.session.guest.views.site(key) ?? null;
  }

  compareSites({ address }: Params<'compareSites'>): Result<'compareSites'> {
    return comparePatched(this.session.guest, address >>> 0);
  }

  blocks(query: Params<'blocks'>): Result<'blocks'> {
    const { guest, counting } = this.session;
    if (query.counting) counting.renew();
    return guest.views.blocks(query);
  }

  analysisMap(query: Params<'analysisMap'>): Result<'analysisMap'> {
    return this.session.guest.views.analysisMap(query);
  }

  findCode(query: Params<'findCode'>): Result<'findCode'> {
    return this.session.guest.views.findCode(query);
  }

  setLevel({ level }: Params<'setLevel'>): void {
    this.session.setLevel(level);
  }

  subscribeTraps(params: Params<'subscribeTraps'>): void {
    this.subscription = params;
    this.launched?.live.subscribe(params);
  }

  traps({ before, maximum, filter }: Params<'traps'>): Result<'traps'> {
    return this.session.live.traps.page(before, maximum, filter);
  }

  clearTraps(): void {
    const { live } = this.session;
    live.traps.clear();
    live.flush();
  }

  keepTrapHistory({ on }: Params<'keepTrapHistory'>): void {
    this.keepsHistory = on;
    this.launched?.keepHistory(on);
  }

  timeline(query: Params<'timeline'>): Result<'timeline'> {
    return this.session.guest.views.timeline(query);
  }

  timelineRows(query: Params<'timelineRows'>): Result<'timelineRows'> {
    return this.session.guest.views.timelineRows(query);
  }

  trapDetail({ sequence }: Params<'trapDetail'>): Result<'trapDetail'> {
    return this.session.guest.views.trapDetail(sequence) ?? null;
  }

  exportTraps(query: Params<'exportTraps'>): Result<'exportTraps'> {
    return exportPart(this.session.guest.views, query);
  }
}

/** The requests that a message may name; anything else on the object is not for it. */
const SESSION_METHODS: Readonly<Record<keyof SessionApi, true>> = {
  initialize: true,
  inspect: true,
  imageLines: true,
  scan: true,
  decode: true,
  decodeAt: true,
  launch: true,
  continue: true,
  pause: true,
  step: true,
  runTo: true,
  finish: true,
  setSourceBreakpoints: true,
  setListingBreakpoints: true,
  setFunctionBreakpoints: true,
  setInstructionBreakpoints: true,
  breakpointLines: true,
  setTrapFilters: true,
  stack: true,
  scopes: true,
  variables: true,
  setVariable: true,
  evaluate: true,
  readMemory: true,
  writeMemory: true,
  disassemble: true,
  symbols: true,
  listingAt: true,
  listing: true,
  searchListing: true,
  input: true,
  status: true,
  statistics: true,
  report: true,
  sites: true,
  interrupts: true,
  driveInterrupt: true,
  registerGroups: true,
  registers: true,
  register: true,
  registerNames: true,
  setRegister: true,
  coverage: true,
  listingCoverage: true,
  mmuState: true,
  mmuRanges: true,
  mmuTranslate: true,
  mmuTlb: true,
  memoryMap: true,
  memoryBytes: true,
  memoryStore: true,
  memoryAddress: true,
  memorySearch: true,
  site: true,
  compareSites: true,
  blocks: true,
  analysisMap: true,
  findCode: true,
  setLevel: true,
  subscribeTraps: true,
  traps: true,
  clearTraps: true,
  keepTrapHistory: true,
  timeline: true,
  timelineRows: true,
  trapDetail: true,
  exportTraps: true,
};
