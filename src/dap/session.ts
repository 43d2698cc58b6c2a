/**
 * The debug adapter: routes each request to its family, and each error to one clear answer. The same class serves inline in an extension host and
 * behind a pipe.
 */
import { DebugSession, ErrorDestination, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { SessionError } from '../protocol/client.js';
import { sessionErrors, UserError } from '../util/errors.js';
import { Breakpoints } from './breakpoints.js';
import { AdapterContext, type AdapterHost, type Handlers } from './context.js';
import { Evaluate } from './evaluate.js';
import { Exceptions } from './exceptions.js';
import { Execution } from './execution.js';
import { Lifecycle } from './lifecycle.js';
import { Memory } from './memory.js';
import { Sources } from './sources.js';
import { State } from './state.js';

/** A request that the adapter does not know, by DAP's custom. */
const UNKNOWN_REQUEST = 1014;
/**
 * No person needs to hear of these: a client that asks for the state of a running guest will ask again at the next stop, and one that asks when the guest
 * has gone has not heard of its end yet.
 */
const UNSHOWN = [sessionErrors.guestRunning().number, sessionErrors.notLaunched().number];

/** Whoever evaluates shows the error in the place of the value: most hovers are over what has none, and a message for each would be a nuisance. */
const SHOWN_IN_PLACE = ['evaluate', 'completions'];

export class TraplineSession extends DebugSession {
  private readonly families: Handlers;
  private readonly lifecycle: Lifecycle;

  constructor(private readonly host: AdapterHost) {
    super();
    this.setDebuggerLinesStartAt1(true);
    this.setDebuggerColumnsStartAt1(true);
    const lines = {
      toClient: (line: number) => this.convertDebuggerLineToClient(line),
      fromClient: (line: number) => this.convertClientLineToDebugger(line),
    };
    const context = new AdapterContext(host, lines, (event, body) => {
      this.sendEvent(new Event(event, body));
    });
    const sources = new Sources(context);
    const breakpoints = new Breakpoints(context, sources);
    const execution = new Execution(context);
    const state = new State(context, sources);
    this.lifecycle = new Lifecycle(context, { breakpoints, execution, sources, state });
    this.families = Object.assign(
      Object.create(null) as Handlers,
      ...[
        this.lifecycle,
        breakpoints,
        execution,
        state,
        new Evaluate(context),
        new Memory(context, sources),
        new Exceptions(context),
      ].map(({ handlers }) => handlers),
    ) as Handlers;
  }

  /** Ends the process behind a pipe; what the guest stored is in its file before. */
  override shutdown(): void {
    void this.lifecycle.close().finally(() => {
      super.shutdown();
    });
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    // the base class takes note of how the client counts lines, then calls initializeRequest
    if (request.command === 'initialize') super.dispatchRequest(request);
    else void this.answer(new Response(request), request.command, request.arguments ?? {});
  }

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    void this.answer(response, 'initialize', args);
  }

  private async answer(response: DebugProtocol.Response, command: string, args: unknown): Promise<void> {
    const handler = this.families[command];
    if (!handler) {
      const format = `Trapline does not answer ${command} requests.`;
      this.sendErrorResponse(response, UNKNOWN_REQUEST, format, undefined, ErrorDestination.Telemetry);
      return;
    }
    try {
      // a handler's arguments belong to its command, which a call through a table loses
      response.body = (await handler(args as never)) ?? {};
      this.sendResponse(response);
    } catch (error) {
      this.refuse(response, command, error);
    }
    if (command === 'disconnect') this.shutdown();
  }

  private refuse(response: DebugProtocol.Response, command: string, error: unknown): void {
    const said =
      error instanceof UserError || (error instanceof SessionError && error.number !== 0)
        ? error
        : this.bug(command, error);
    this.sendErrorResponse(response, {
      id: said.number,
      // in braces, so that braces in the text mean themselves
      format: '{_message}',
      variables: { _message: said.message },
      showUser: !UNSHOWN.includes(said.number) && !SHOWN_IN_PLACE.includes(command),
    });
  }

  /** The sentence for a bug of ours; its details go to the log. */
  private bug(command: string, error: unknown): UserError {
    // what the worker answered has its own stack in the message
    const inWorker = error instanceof SessionError;
    this.host.reportBug(inWorker || !(error instanceof Error) ? String(error) : (error.stack ?? error.message));
    return sessionErrors.bug(command);
  }
}
