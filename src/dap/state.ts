/** Looking at a guest that stands still: threads, stack, scopes, variables, and setting them. */
import { Handles } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { VariableInfo } from '../protocol/model.js';
import { sessionErrors } from '../util/errors.js';
import { THREAD_ID, type AdapterContext, type Handlers } from './context.js';
import type { Sources } from './sources.js';
import { hex32 } from '../util/bits.js';

/** What the client says of frames that the unwinder is not sure of. */
const GUESSED = 'guessed from the stack';

/** A scope by its id, or the fields of a register. */
type Container = { readonly scope: string } | { readonly items: readonly VariableInfo[] };

export class State {
  private readonly handles = new Handles<Container>();

  constructor(
    private readonly context: AdapterContext,
    private readonly sources: Sources,
  ) {}

  readonly handlers: Handlers = {
    threads: () => ({ threads: [{ id: THREAD_ID, name: 'core 0' }] }),
    stackTrace: (args: DebugProtocol.StackTraceArguments) => this.stackTrace(args),
    scopes: () => this.scopes(),
    variables: ({ variablesReference }: DebugProtocol.VariablesArguments) => this.variables(variablesReference),
    setVariable: (args: DebugProtocol.SetVariableArguments) => this.setVariable(args),
    source: (args: DebugProtocol.SourceArguments) => this.sources.read(args),
  };

  /** References are good until the guest runs on. */
  forget(): void {
    this.handles.reset();
  }

  private async stackTrace({ startFrame = 0, levels = 0 }: DebugProtocol.StackTraceArguments) {
    const { frames, total } = await this.context.client.request('stack', {
      first: startFrame,
      count: levels > 0 ? levels : Infinity,
    });
    this.context.stackShown(
      startFrame,
      frames.map(({ pc }) => pc),
    );
    const stackFrames = await Promise.all(
      frames.map(async (frame, i): Promise<DebugProtocol.StackFrame> => {
        const place = await this.sources.place(frame.path, frame.line, frame.listing);
        return {
          id: startFrame + i,
          name: frame.name,
          line: place?.line ?? 0,
          column: place ? 1 : 0,
          instructionPointerReference: hex32(frame.pc),
          ...(place && { source: frame.certain ? place.source : { ...place.source, origin: GUESSED } }),
          ...(!frame.certain && { presentationHint: 'subtle' as const }),
        };
      }),
    );
    return { stackFrames, totalFrames: total };
  }

  private async scopes() {
    const scopes = await this.context.client.request('scopes', {});
    return {
      scopes: scopes.map(({ id, name, expensive }): DebugProtocol.Scope => ({
        name,
        variablesReference: this.handles.create({ scope: id }),
        expensive,
        presentationHint: 'registers',
      })),
    };
  }

  private async items(reference: number): Promise<readonly VariableInfo[]> {
    const container = this.handles.get(reference);
    if (!container) return [];
    return 'items' in container
      ? container.items
      : this.context.client.request('variables', { scope: container.scope });
  }

  private async variables(reference: number) {
    return { variables: (await this.items(reference)).map((item) => this.describe(item)) };
  }

  private describe(item: VariableInfo): DebugProtocol.Variable {
    const { name, value, type, evaluateName, writable, children, memoryReference } = item;
    return {
      name,
      value,
      variablesReference: children && children.length > 0 ? this.handles.create({ items: children }) : 0,
      ...(type !== undefined && { type }),
      ...(evaluateName !== undefined && { evaluateName }),
      ...(memoryReference !== undefined && { memoryReference }),
      ...(!writable && { presentationHint: { attributes: ['readOnly'] } }),
    };
  }

  private async setVariable({ variablesReference, name, value }: DebugProtocol.SetVariableArguments) {
    const item = (await this.items(variablesReference)).find((candidate) => candidate.name === name);
    if (!item?.writable || item.evaluateName === undefined) throw sessionErrors.readOnlyVariable(name);
    const { client } = this.context;
    const { evaluateName } = item;
    const set = await this.context.edit(() => client.request('setVariable', { evaluateName, expression: value }));
    return { value: set.value };
  }
}
