/** Run control: continue, pause, steps. What becomes of them arrives later, as events. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StepKind } from '../protocol/api.js';
import type { AdapterContext, Handlers } from './context.js';

export class Execution {
  constructor(private readonly context: AdapterContext) {}

  readonly handlers: Handlers = {
    continue: () => this.resume(),
    pause: () => this.context.client.request('pause', {}),
    next: ({ granularity }: DebugProtocol.NextArguments) => this.step('over', granularity),
    stepIn: ({ granularity }: DebugProtocol.StepInArguments) => this.step('in', granularity),
    stepOut: ({ granularity }: DebugProtocol.StepOutArguments) => this.step('out', granularity),
  };

  async resume(): Promise<DebugProtocol.ContinueResponse['body']> {
    await this.resuming(() => this.context.client.request('continue', {}));
    return { allThreadsContinued: true };
  }

  private async resuming(start: () => Promise<void>): Promise<void> {
    this.context.resuming = true;
    try {
      await start();
    } finally {
      this.context.resuming = false;
    }
  }

  /** By line where the guest stands in code with lines, else, and when the client asks for it, by instruction. */
  private async step(kind: StepKind, granularity: DebugProtocol.SteppingGranularity | undefined): Promise<void> {
    const { client } = this.context;
    let unit: 'line' | 'instruction' = 'instruction';
    if (granularity !== 'instruction') {
      const [top] = (await client.request('stack', { first: 0, count: 1 })).frames;
      if (top?.line !== undefined) unit = 'line';
    }
    await this.resuming(() => client.request('step', { unit, kind }));
  }
}
