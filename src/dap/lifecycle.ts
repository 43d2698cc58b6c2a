/**
 * Beginning and end: initialize, launch, configurationDone, restart, terminate, disconnect; and the worker's events on their way to the client.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionClient } from '../protocol/client.js';
import type { LaunchConfiguration } from '../protocol/configuration.js';
import { followFlash } from '../protocol/flash-file.js';
import type { LaunchOptions, StopInfo } from '../protocol/model.js';
import { prepareLaunch, transferables } from '../protocol/prepare.js';
import { validateConfiguration } from '../protocol/validate.js';
import { sessionErrors } from '../util/errors.js';
import type { Breakpoints } from './breakpoints.js';
import { THREAD_ID, type AdapterContext, type Handlers } from './context.js';
import { EXCEPTION_FILTERS } from './exceptions.js';
import type { Execution } from './execution.js';
import type { Sources } from './sources.js';
import type { State } from './state.js';

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsInstructionBreakpoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '_', '$'],
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsSteppingGranularity: true,
  supportsDisassembleRequest: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: EXCEPTION_FILTERS,
};

/** The attributes of a launch whose files may carry debug information. */
function imageNames({ program, bios, kernel, loads, symbols }: LaunchOptions): string[] {
  const listed = [...symbols, ...loads].map(({ file }) => file);
  return [program, bios, kernel, ...listed].flatMap((file) => (file ? [file.name] : []));
}

type LaunchArguments = DebugProtocol.LaunchRequestArguments & Record<string, unknown>;

export class Lifecycle {
  private configured: () => void = () => {};
  private readonly configurationDone = new Promise<void>((resolve) => {
    this.configured = resolve;
  });
  private arguments: LaunchArguments = {};
  private readonly decoder = new TextDecoder();
  private finished = false;
  private unlisten: (() => void)[] = [];
  private closing: Promise<void> | undefined;
  /** Brings the file behind the second flash up to date, and no longer follows the guest. */
  private leaveFlash: (() => Promise<void>) | undefined;

  constructor(
    private readonly context: AdapterContext,
    private readonly families: {
      readonly breakpoints: Breakpoints;
      readonly execution: Execution;
      readonly sources: Sources;
      readonly state: State;
    },
  ) {}

  readonly handlers: Handlers = {
    initialize: (args: DebugProtocol.InitializeRequestArguments) => {
      this.context.features = {
        invalidated: args.supportsInvalidatedEvent === true,
        memory: args.supportsMemoryEvent === true,
      };
      return CAPABILITIES;
    },
    launch: (args: LaunchArguments) => this.launch(args),
    configurationDone: () => {
      this.configured();
    },
    restart: (args: DebugProtocol.RestartArguments) => this.restart(args),
    terminate: () => this.finish(),
    disconnect: () => this.close(),
  };

  private async launch(args: LaunchArguments): Promise<void> {
    this.arguments = args;
    const configuration = validateConfiguration(args);
    const client = await this.context.host.openSession(configuration.trace);
    if (this.finished) {
      this.context.host.closeSession(client);
      throw sessionErrors.notLaunched();
    }
    this.context.setClient(client);
    this.listen(client, configuration);
    try {
      await this.load(configuration);
    } catch (error) {
      await this.close();
      throw error;
    }
    // breakpoints are wanted now that there is something to verify them against
    this.context.emit('initialized');
    await this.configurationDone;
    await this.start(configuration);
  }

  private async load(configuration: LaunchConfiguration): Promise<void> {
    const { host, client } = this.context;
    // of the guest before: its file may be read again
    await this.leaveFlash?.();
    this.leaveFlash = undefined;
    const options = await prepareLaunch(configuration, host.files, host.epoch());
    this.families.sources.setImages(imageNames(options));
    if (options.flash1) {
      this.leaveFlash = followFlash(client, options.flash1, host.files, ({ message }) => {
        this.output('important', message);
      });
    }
    await client.request('launch', { options, pacing: { paced: true } }, transferables(options));
  }

  private async start({ stopOnEntry }: LaunchConfiguration): Promise<void> {
    if (stopOnEntry && this.arguments.noDebug !== true) {
      this.stopped({ reason: 'entry', text: 'Stopped before the first instruction.', breakpoints: [], dead: false });
    } else {
      await this.families.execution.resume();
    }
  }

  /** Reads the images anew: they may have been rebuilt. */
  private async restart({ arguments: anew }: DebugProtocol.RestartArguments): Promise<void> {
    if (anew) this.arguments = anew as LaunchArguments;
    const configuration = validateConfiguration(this.arguments);
    try {
      await this.load(configuration);
      await this.families.breakpoints.applyAgain();
    } catch (error) {
      // the guest before it is gone already
      await this.finish();
      throw error;
    }
    this.context.stop = undefined;
    await this.start(configuration);
  }

  private listen(client: SessionClient, configuration: LaunchConfiguration): void {
    this.unlisten = [
      client.on('stopped', ({ stop }) => {
        this.stopped(stop);
      }),
      client.on('continued', () => {
        this.context.stop = undefined;
        this.families.state.forget();
        if (!this.context.resuming) this.context.emit('continued', { threadId: THREAD_ID, allThreadsContinued: true });
      }),
      client.on('edited', () => {
        void this.context.edited();
      }),
      client.on('ended', ({ code, text }) => {
        this.output('console', text);
        this.context.emit('exited', { exitCode: code });
        void this.finish();
      }),
      client.on('output', ({ category, text }) => {
        this.output(category, text);
      }),
      client.on('failed', ({ message }) => {
        this.output('important', sessionErrors.workerDied(message.split('\n', 1)[0]).message);
        void this.finish();
      }),
    ];
    if (configuration.console === 'terminal' && this.context.host.hasTerminal) return;
    this.unlisten.push(
      client.on('console', ({ bytes }) => {
        this.context.emit('output', { category: 'stdout', output: this.decoder.decode(bytes, { stream: true }) });
      }),
    );
  }

  private stopped(stop: StopInfo): void {
    this.context.stop = stop;
    this.families.state.forget();
    if (stop.dead) this.output('important', stop.text);
    this.context.emit('stopped', {
      reason: stop.reason,
      description: stop.reason === 'exception' ? stop.text : stop.reason === 'pause' ? 'Paused' : undefined,
      text: stop.text,
      threadId: THREAD_ID,
      allThreadsStopped: true,
      hitBreakpointIds: this.families.breakpoints.clientIds(stop.breakpoints),
    } satisfies DebugProtocol.StoppedEvent['body']);
    this.context.memoryChanged();
  }

  private output(category: string, text: string): void {
    this.context.emit('output', { category, output: text.endsWith('\n') ? text : `${text}\n` });
  }

  private async finish(): Promise<void> {
    if (this.finished) return;
    await this.close();
    this.context.emit('terminated');
  }

  /** Ends the worker once the file behind the flash is up to date. */
  close(): Promise<void> {
    this.finished = true;
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    if (this.leaveFlash) await this.leaveFlash();
    for (const stop of this.unlisten) stop();
    if (!this.context.hasClient) return;
    this.context.host.closeSession(this.context.client);
    this.context.setClient(undefined);
  }
}
