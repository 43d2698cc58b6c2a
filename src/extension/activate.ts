/** Puts the extension together. The same for both kinds of extension host; nothing here waits or reads a file. */
import * as vscode from 'vscode';
import type { SessionClient } from '../protocol/client.js';
import { AdapterFactory } from './adapter-factory.js';
import { registerLanguage } from './assembly/language.js';
import { Builder } from './build/builder.js';
import { BuildTasks, TASK_TYPE } from './build/tasks.js';
import { registerCommands } from './commands.js';
import { Configurations, DynamicConfigurations } from './configurations.js';
import { Consoles, type ConsoleText } from './console.js';
import { DECODED_LANGUAGES, WORD_SCHEME, WordDecoder } from './decode.js';
import { CoverageMarks } from './coverage-marks.js';
import { CoverageStore, type CoveredFile } from './coverage-store.js';
import { CoverageTests } from './coverage-tests.js';
import { ImageEditor } from './image-editor.js';
import { IMAGE_EDITOR } from './images.js';
import { watchLevels } from './levels.js';
import { ListingLinks, PcFollower } from './listing-navigation.js';
import { LISTING_SCHEME, ListingDocuments } from './listing-documents.js';
import { Panels } from './panels.js';
import type { Platform } from './platform.js';
import { RegistersView } from './registers/view.js';
import { DEBUG_TYPE, Sessions } from './sessions.js';
import { SiteComparisons } from './site-comparison.js';
import { StatusBar } from './status-bar.js';
import { keepTrapHistory } from './trap-history.js';
import { TRAPS_VIEW, TrapsView } from './traps-view.js';

/** What other extensions, and tests, may use. */
export interface TraplineApi {
  /** Everything that guests write to their consoles. */
  readonly onDidWriteConsole: vscode.Event<ConsoleText>;
  /** The worker of the active session, if one runs. */
  activeClient(): SessionClient | undefined;
  /** What was executed of source files since it was cleared, over all runs that counted it. */
  coveredFiles(): readonly CoveredFile[];
}

export function activateExtension(context: vscode.ExtensionContext, platform: Platform): TraplineApi {
  const { extensionUri } = context;
  const log = vscode.window.createOutputChannel('Trapline', { log: true });
  const sessions = new Sessions(platform, extensionUri, log);
  const builder = new Builder(platform.programs, extensionUri, context.workspaceState, log);
  const listings = new ListingDocuments(sessions);
  const consoles = new Consoles(sessions, extensionUri);
  const comparisons = new SiteComparisons(sessions);
  const panels: Panels = new Panels({
    sessions,
    listings,
    comparisons,
    extensionUri,
    log,
    filterTraps: (text) => traps.filter(text),
  });
  const traps: TrapsView = new TrapsView(panels.shared, context.workspaceState);
  const pcFollower = new PcFollower(sessions, listings, log);
  const coverage = new CoverageStore(sessions, log);
  const coverageMarks = new CoverageMarks(coverage, sessions, listings, log);
  const registers = new RegistersView(sessions, log);
  const words = new WordDecoder(sessions);
  const images = new ImageEditor(sessions, extensionUri, log);
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    log,
    sessions,
    builder,
    listings,
    consoles,
    comparisons,
    panels,
    traps,
    pcFollower,
    vscode.languages.registerDocumentLinkProvider({ scheme: LISTING_SCHEME }, new ListingLinks()),
    coverage,
    coverageMarks,
    new CoverageTests(sessions, coverage),
    registers,
    words,
    new StatusBar(sessions),
    watchLevels(sessions),
    keepTrapHistory(sessions, panels),
    vscode.debug.registerDebugAdapterDescriptorFactory(
      DEBUG_TYPE,
      new AdapterFactory(platform, sessions, builder, log),
    ),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new Configurations(sessions, builder)),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new DynamicConfigurations(), Dynamic),
    vscode.tasks.registerTaskProvider(TASK_TYPE, new BuildTasks(builder)),
    vscode.workspace.registerTextDocumentContentProvider(LISTING_SCHEME, listings),
    vscode.workspace.registerTextDocumentContentProvider(WORD_SCHEME, words),
    vscode.languages.registerHoverProvider([...DECODED_LANGUAGES], words),
    registerLanguage(sessions, extensionUri),
    vscode.window.registerWebviewViewProvider(TRAPS_VIEW, traps),
    vscode.window.registerCustomEditorProvider(IMAGE_EDITOR, images, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { retainContextWhenHidden: true },
    }),
    ...registerCommands({
      context,
      sessions,
      listings,
      consoles,
      panels,
      traps,
      pcFollower,
      registers,
      coverage,
      coverageMarks,
      words,
      images,
      log,
    }),
  );
  return {
    onDidWriteConsole: consoles.onDidWrite,
    activeClient: () => sessions.active?.client,
    coveredFiles: () => coverage.files,
  };
}
