/**
 * Registers what editors do with assembly. Only our own language has outline, hovers and the like: other extensions have theirs for their languages. Values
 * are shown in those, too, but only while a guest of ours runs.
 */
import * as vscode from 'vscode';
import { HoverValues } from '../hover-values.js';
import { DEBUG_TYPE, type Sessions } from '../sessions.js';
import { AssemblyHovers } from './hovers.js';
import { InlineValues } from './inline-values.js';
import { AssemblyNavigation } from './navigation.js';
import { ASSEMBLY_LANGUAGE, WorkspaceFiles } from './workspace-files.js';

const OWN = [ASSEMBLY_LANGUAGE, 'trapline-listing'];
/** What other extensions call GNU assembly. */
const OTHERS = ['arm', 'asm', 'gas'];

/** Shows values in documents of some languages. */
function showValues(languages: readonly string[], hovers: HoverValues, inline: InlineValues): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerEvaluatableExpressionProvider([...languages], hovers),
    vscode.languages.registerInlineValuesProvider([...languages], inline),
  );
}

export function registerLanguage(sessions: Sessions, extensionUri: vscode.Uri): vscode.Disposable {
  const files = new WorkspaceFiles();
  const navigation = new AssemblyNavigation(files);
  const hovers = new AssemblyHovers(files, extensionUri);
  const values = new HoverValues(files);
  const inline = new InlineValues(sessions, files);
  // VS Code's own guesses are for other debuggers, and end where there is a provider
  let others: vscode.Disposable | undefined;
  const follow = (): void => {
    const ours = vscode.debug.activeDebugSession?.type === DEBUG_TYPE;
    if (ours) others ??= showValues(OTHERS, values, inline);
    else {
      others?.dispose();
      others = undefined;
    }
  };
  follow();
  const { languages } = vscode;
  return vscode.Disposable.from(
    files,
    showValues(OWN, values, inline),
    vscode.debug.onDidChangeActiveDebugSession(follow),
    new vscode.Disposable(() => {
      others?.dispose();
    }),
    languages.registerHoverProvider(ASSEMBLY_LANGUAGE, hovers),
    languages.registerCompletionItemProvider(ASSEMBLY_LANGUAGE, hovers, '.'),
    languages.registerDocumentSymbolProvider(ASSEMBLY_LANGUAGE, navigation, { label: 'Assembly' }),
    languages.registerFoldingRangeProvider(ASSEMBLY_LANGUAGE, navigation),
    languages.registerDefinitionProvider(ASSEMBLY_LANGUAGE, navigation),
    languages.registerReferenceProvider(ASSEMBLY_LANGUAGE, navigation),
    languages.registerRenameProvider(ASSEMBLY_LANGUAGE, navigation),
    languages.registerDocumentHighlightProvider(ASSEMBLY_LANGUAGE, navigation),
  );
}
