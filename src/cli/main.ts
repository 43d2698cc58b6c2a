/** The command: parses, dispatches, and turns every error into one sentence and an exit code. */
import { SessionError } from '../protocol/client.js';
import { UserError } from '../util/errors.js';
import { decode } from './decode.js';
import { parseCommand } from './options.js';
import { Exit, run, type CliHost } from './run.js';
import { scan } from './scan.js';

function explain(error: unknown): string {
  if (error instanceof UserError || error instanceof SessionError) return error.message;
  return `Trapline has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** @param args without node and script. @returns the exit code */
export async function main(args: readonly string[], host: CliHost): Promise<number> {
  try {
    const command = parseCommand(args);
    switch (command.kind) {
      case 'help':
        process.stdout.write(command.text);
        return Exit.met;
      case 'scan':
        return await scan(command.image, host);
      case 'decode':
        return await decode(command, host);
      case 'run':
        return await run(command, host);
    }
  } catch (error) {
    process.stderr.write(`trapline: ${explain(error)}\n`);
    const ofTheUser = error instanceof UserError || (error instanceof SessionError && error.number !== 0);
    return ofTheUser ? Exit.usage : Exit.failed;
  }
}
