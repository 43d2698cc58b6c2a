/**
 * Breakpoints: by source line, listing line, function, instruction, trap class. Keeps what the client asked for, so that a restarted guest gets it
 * again, and gives every breakpoint an id of the adapter's own that outlives the guest.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { BreakpointInfo, BreakpointRequest } from '../protocol/model.js';
import { parseAddress, type AdapterContext, type Handlers } from './context.js';
import type { Sources } from './sources.js';
import { hex32 } from '../util/bits.js';

interface Group {
  readonly apply: () => Promise<readonly BreakpointInfo[]>;
  readonly source?: DebugProtocol.Source;
  ids: number[];
  results: readonly BreakpointInfo[];
}

type Detailed = Pick<DebugProtocol.SourceBreakpoint, 'condition' | 'hitCondition' | 'logMessage'>;

/** Empty text counts as none: clients send it after a condition was deleted. */
function details({ condition, hitCondition, logMessage }: Detailed): BreakpointRequest {
  return {
    ...(condition && { condition }),
    ...(hitCondition && { hitCondition }),
    ...(logMessage && { logMessage }),
  };
}

export class Breakpoints {
  private readonly groups = new Map<string, Group>();
  private nextId = 1;

  constructor(
    private readonly context: AdapterContext,
    private readonly sources: Sources,
  ) {}

  readonly handlers: Handlers = {
    setBreakpoints: (args: DebugProtocol.SetBreakpointsArguments) => this.setSource(args),
    setFunctionBreakpoints: (args: DebugProtocol.SetFunctionBreakpointsArguments) => this.setFunction(args),
    setInstructionBreakpoints: (args: DebugProtocol.SetInstructionBreakpointsArguments) => this.setInstruction(args),
    setExceptionBreakpoints: (args: DebugProtocol.SetExceptionBreakpointsArguments) => this.setFilters(args),
    breakpointLocations: (args: DebugProtocol.BreakpointLocationsArguments) => this.locations(args),
  };

  /** The adapter's ids for those of the worker. */
  clientIds(ids: readonly number[]): number[] {
    const all = [...this.groups.values()].flatMap(({ ids: own, results }) =>
      results.map(({ id }, i) => ({ id, own: own[i] })),
    );
    return ids.flatMap((wanted) => all.filter(({ id }) => id === wanted).map(({ own }) => own));
  }

  /** Gives a new guest the breakpoints of the one before, and tells the client what became of each. */
  async applyAgain(): Promise<void> {
    for (const group of this.groups.values()) {
      group.results = await group.apply();
      for (const breakpoint of this.describe(group)) this.context.emit('breakpoint', { reason: 'changed', breakpoint });
    }
  }

  private async set(
    key: string,
    source: DebugProtocol.Source | undefined,
    count: number,
    apply: Group['apply'],
  ): Promise<{ breakpoints: DebugProtocol.Breakpoint[] }> {
    const results = await apply();
    const ids = Array.from({ length: count }, () => this.nextId++);
    const group = { apply, ids, results, ...(source && { source }) };
    this.groups.set(key, group);
    return { breakpoints: this.describe(group) };
  }

  private describe({ ids, results, source }: Group): DebugProtocol.Breakpoint[] {
    return results.map(({ verified, message, line, address }, i) => ({
      id: ids[i],
      verified,
      ...(message !== undefined && { message }),
      ...(source && line !== undefined && { line: this.context.lines.toClient(line), source }),
      ...(address !== undefined && { instructionReference: hex32(address) }),
    }));
  }

  private setSource({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments) {
    const wanted = breakpoints.map((b) => ({ ...details(b), line: this.context.lines.fromClient(b.line) }));
    const document = this.sources.documentOf(source);
    if (document !== undefined) {
      return this.set(`listing ${document}`, source, wanted.length, () =>
        this.context.client.request('setListingBreakpoints', { document, breakpoints: wanted }),
      );
    }
    const path = source.path ?? source.name ?? '';
    this.sources.remember(path);
    return this.set(`source ${path}`, source, wanted.length, () =>
      this.context.client.request('setSourceBreakpoints', {
        path: this.sources.forDebugger(path),
        breakpoints: wanted,
      }),
    );
  }

  private setFunction({ breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments) {
    const wanted = breakpoints.map((b) => ({ ...details(b), name: b.name }));
    return this.set('functions', undefined, wanted.length, () =>
      this.context.client.request('setFunctionBreakpoints', { breakpoints: wanted }),
    );
  }

  private setInstruction({ breakpoints }: DebugProtocol.SetInstructionBreakpointsArguments) {
    const wanted = breakpoints.map((b) => ({
      ...details(b),
      address: (parseAddress(b.instructionReference) + (b.offset ?? 0)) >>> 0,
    }));
    return this.set('instructions', undefined, wanted.length, () =>
      this.context.client.request('setInstructionBreakpoints', { breakpoints: wanted }),
    );
  }

  private async setFilters({ filters, filterOptions = [] }: DebugProtocol.SetExceptionBreakpointsArguments) {
    const classes = [...filters, ...filterOptions.map(({ filterId }) => filterId)];
    await this.context.client.request('setTrapFilters', { owner: 'adapter', classes });
    return { breakpoints: classes.map(() => ({ verified: true })) };
  }

  private async locations({ source, line, endLine }: DebugProtocol.BreakpointLocationsArguments) {
    const document = this.sources.documentOf(source);
    const { fromClient, toClient } = this.context.lines;
    const lines = await this.context.client.request('breakpointLines', {
      ...(document === undefined ? { path: this.sources.forDebugger(source.path ?? '') } : { document }),
      first: fromClient(line),
      last: fromClient(endLine ?? line),
    });
    return { breakpoints: lines.map((at) => ({ line: toClient(at) })) };
  }
}
