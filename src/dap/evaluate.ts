/** Expressions: in hovers, the watch view and the debug console; as targets of assignments; their completion while typing. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AdapterContext, Handlers } from './context.js';

const MOST_SYMBOLS = 50;
const REGISTERS = [...Array.from({ length: 13 }, (_, n) => `r${n}`), 'sp', 'lr', 'pc', 'cpsr', 'spsr'];

/** `r0 = 5` in the debug console; not `r0 == 5`, `r0 <= 5` or `r0 != 5`. */
const ASSIGNMENT = /^([^=!<>"']+)=(?!=)(.+)$/;

export class Evaluate {
  constructor(private readonly context: AdapterContext) {}

  readonly handlers: Handlers = {
    evaluate: (args: DebugProtocol.EvaluateArguments) => this.evaluate(args),
    setExpression: (args: DebugProtocol.SetExpressionArguments) => this.assign(args),
    completions: (args: DebugProtocol.CompletionsArguments) => this.complete(args),
  };

  private async evaluate({ expression, context }: DebugProtocol.EvaluateArguments) {
    const assignment = context === 'repl' ? ASSIGNMENT.exec(expression) : null;
    if (assignment) {
      const { value } = await this.assign({ expression: assignment[1].trim(), value: assignment[2].trim() });
      return { result: value, variablesReference: 0 };
    }
    const { value, type, memoryReference } = await this.context.client.request('evaluate', { expression });
    return {
      result: value,
      variablesReference: 0,
      ...(type !== undefined && { type }),
      ...(memoryReference !== undefined && { memoryReference }),
    };
  }

  private async assign({ expression, value }: DebugProtocol.SetExpressionArguments) {
    const { client } = this.context;
    const set = await this.context.edit(() =>
      client.request('setVariable', { evaluateName: expression, expression: value }),
    );
    return { value: set.value };
  }

  private async complete({ text, column }: DebugProtocol.CompletionsArguments) {
    const before = text.slice(0, this.context.lines.fromClient(column) - 1);
    const word = /[A-Za-z_.$][\w.$]*$/.exec(before)?.[0] ?? '';
    if (word === '') return { targets: [] };
    const symbols = await this.context.client.request('symbols', { filter: word, maximum: MOST_SYMBOLS });
    const items = [
      ...REGISTERS.filter((name) => name.startsWith(word.toLowerCase())).map((label) => ({
        label,
        type: 'variable' as const,
      })),
      ...symbols.map(({ name }) => ({ label: name, type: 'function' as const })),
    ];
    return { targets: items.map((item): DebugProtocol.CompletionItem => ({ ...item, length: word.length })) };
  }
}
