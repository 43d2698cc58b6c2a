/**
 * The user's breakpoints: by source line, function and address, each with condition, hit condition and log message. Resolves them to addresses, and
 * says which of them count when the guest has reached an address. What to do then is for run control.
 */
import { UserError } from '../../util/errors.js';
import type { BreakpointResult, StopReason } from '../api.js';
import { holds, type Surroundings } from '../expressions/evaluator.js';
import { parseExpression, type Expression } from '../expressions/parser.js';
import type { SourceMap } from '../source-map.js';
import type { SymbolTable } from '../symbols.js';
import { parseHitCondition, type HitCondition } from './hit-condition.js';
import type { Locations } from './locations.js';
import { formatLogMessage, parseLogMessage, type LogMessage } from './log-message.js';
import type { BreakpointRequest } from '../../protocol/model.js';

type Kind = Extract<StopReason['reason'], `${string}breakpoint`>;

/** What breakpoints need to resolve and evaluate. */
export interface BreakpointContext {
  readonly symbols: SymbolTable;
  readonly sources: SourceMap;
  readonly surroundings: Surroundings;
  readonly locations: Locations;
  /** A log point's line. */
  log(text: string): void;
  /** Address of an expression such as `main+8`. @throws UserError */
  addressOf(expression: string): number;
}

interface Breakpoint {
  readonly id: number;
  readonly kind: Kind;
  /** Equal for requests that ask for the same. */
  readonly key: string;
  readonly result: BreakpointResult;
  /** Where it is; empty if it is not verified. */
  readonly addresses: readonly number[];
  readonly condition?: Expression;
  readonly hitCondition?: HitCondition;
  readonly message?: LogMessage;
  hits: number;
}

/** Where a request leads, before ids. */
interface Resolution {
  readonly addresses: readonly number[];
  readonly line?: number;
  /** Why there is none. */
  readonly problem?: string;
}

/** What reaching an address came to. */
export interface Reached {
  readonly reason: Kind;
  /** Ids of the breakpoints that count. */
  readonly ids: readonly number[];
  /** Conditions that could not be evaluated, as a sentence. */
  readonly problem?: string;
}

export class Breakpoints {
  /** By what they were set for: a source path, functions, addresses. */
  private readonly groups = new Map<string, readonly Breakpoint[]>();
  private readonly byAddress = new Map<number, Breakpoint[]>();
  private nextId = 1;

  constructor(private readonly context: BreakpointContext) {}

  /** Replaces the breakpoints of a source file. */
  setSource(path: string, requests: readonly (BreakpointRequest & { readonly line: number })[]): BreakpointResult[] {
    return this.replace(`source ${path}`, 'breakpoint', requests, ({ line }) => this.resolveLine(path, line));
  }

  setFunctions(requests: readonly (BreakpointRequest & { readonly name: string })[]): BreakpointResult[] {
    return this.replace('functions', 'function breakpoint', requests, ({ name }) => this.resolveFunction(name.trim()));
  }

  setInstructions(requests: readonly (BreakpointRequest & { readonly address: number })[]): BreakpointResult[] {
    return this.replace('instructions', 'instruction breakpoint', requests, ({ address }) => ({
      addresses: [(address & ~1) >>> 0],
    }));
  }

  /** True if a breakpoint lies at an address, whether it counts or not. */
  has(address: number): boolean {
    return this.byAddress.has(address);
  }

  /** The guest is at `address`: counts hits, writes log lines, and returns what counts, if anything. */
  reach(address: number): Reached | undefined {
    const counting: Breakpoint[] = [];
    let problem: string | undefined;
    for (const breakpoint of this.byAddress.get(address) ?? []) {
      try {
        if (this.counts(breakpoint)) counting.push(breakpoint);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problem = `The condition could not be evaluated: ${error.message}`;
        counting.push(breakpoint);
      }
    }
    if (counting.length === 0) return undefined;
    const ids = counting.map(({ id }) => id);
    return { reason: counting[0].kind, ids, ...(problem !== undefined && { problem }) };
  }

  /** Starts counting anew, as for a guest that was reset. */
  forgetHits(): void {
    for (const group of this.groups.values()) for (const breakpoint of group) breakpoint.hits = 0;
  }

  private counts(breakpoint: Breakpoint): boolean {
    const { surroundings } = this.context;
    if (breakpoint.condition !== undefined && !holds(breakpoint.condition, surroundings)) return false;
    breakpoint.hits++;
    if (breakpoint.hitCondition !== undefined && !breakpoint.hitCondition(breakpoint.hits)) return false;
    if (breakpoint.message === undefined) return true;
    const describe = (address: number) => this.context.symbols.describe(address);
    this.context.log(formatLogMessage(breakpoint.message, surroundings, describe));
    return false;
  }

  private replace<R extends BreakpointRequest>(
    group: string,
    kind: Kind,
    requests: readonly R[],
    resolve: (request: R) => Resolution,
  ): BreakpointResult[] {
    const old = [...(this.groups.get(group) ?? [])];
    for (const breakpoint of old) this.remove(breakpoint);
    const set = requests.map((request) => {
      const key = JSON.stringify(request);
      // one that was there before keeps its id and what it has counted
      const known = old.findIndex((breakpoint) => breakpoint.key === key);
      const before = known < 0 ? undefined : old.splice(known, 1)[0];
      return this.create(kind, key, request, resolve(request), before);
    });
    for (const breakpoint of set) this.install(breakpoint);
    if (set.length > 0) this.groups.set(group, set);
    else this.groups.delete(group);
    return set.map(({ result }) => result);
  }

  private create(
    kind: Kind,
    key: string,
    request: BreakpointRequest,
    resolution: Resolution,
    before: Breakpoint | undefined,
  ): Breakpoint {
    const id = before?.id ?? this.nextId++;
    let { addresses, problem } = resolution;
    let details: Pick<Breakpoint, 'condition' | 'hitCondition' | 'message'> = {};
    try {
      details = parseDetails(request);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      addresses = [];
      problem = error.message;
    }
    const address = addresses.at(0);
    const result: BreakpointResult = {
      id,
      verified: address !== undefined,
      ...(problem !== undefined && { message: problem }),
      ...(address !== undefined && { address }),
      ...(resolution.line !== undefined && { line: resolution.line }),
    };
    return { id, kind, key, result, addresses, ...details, hits: before?.hits ?? 0 };
  }

  private install(breakpoint: Breakpoint): void {
    for (const address of breakpoint.addresses) {
      this.context.locations.add(address);
      const there = this.byAddress.get(address);
      if (there === undefined) this.byAddress.set(address, [breakpoint]);
      else there.push(breakpoint);
    }
  }

  private remove(breakpoint: Breakpoint): void {
    for (const address of breakpoint.addresses) {
      this.context.locations.delete(address);
      const left = (this.byAddress.get(address) ?? []).filter((other) => other !== breakpoint);
      if (left.length > 0) this.byAddress.set(address, left);
      else this.byAddress.delete(address);
    }
  }

  private resolveLine(path: string, line: number): Resolution {
    const { sources, symbols } = this.context;
    const found = sources.resolve(path, line, (address) => symbols.extent(address)?.start ?? -1);
    if (found !== undefined) return found;
    const problem =
      sources.match(path).length > 0
        ? 'No code belongs to this line or a later one.'
        : 'The guest\'s debug information does not name this file; build it with -g, or add its ELF file to "symbols".';
    return { addresses: [], problem };
  }

  private resolveFunction(name: string): Resolution {
    const symbols = this.context.symbols.named(name);
    const code = symbols.filter((symbol) => symbol.code);
    if (code.length > 0) return { addresses: [...new Set(code.map(({ address }) => address))] };
    if (symbols.length > 0) return { addresses: [], problem: `${name} is not code.` };
    try {
      return { addresses: [(this.context.addressOf(name) & ~1) >>> 0] };
    } catch (error) {
      if (error instanceof UserError) return { addresses: [], problem: error.message };
      throw error;
    }
  }
}

/** @throws UserError for what cannot be parsed */
function parseDetails({ condition, hitCondition, logMessage }: BreakpointRequest) {
  const given = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';
  return {
    ...(given(condition) && { condition: parseExpression(condition) }),
    ...(given(hitCondition) && { hitCondition: parseHitCondition(hitCondition) }),
    ...(given(logMessage) && { message: parseLogMessage(logMessage) }),
  };
}
