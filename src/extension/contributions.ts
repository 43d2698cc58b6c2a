/**
 * What package.json says to VS Code about us, as data: derived from the launch attribute table where it can be, so that neither goes stale. A test
 * compares package.json with it, and writes it there when asked to (ACCEPT=1).
 */
import { LAUNCH_ATTRIBUTES } from '../protocol/configuration.js';
import { PANELS, type PanelId } from '../protocol/panels.js';

const IMAGE_WHEN = 'resourceExtname == .elf';
const EDITOR_WHEN = 'activeCustomEditorId == trapline.image';
/** Text whose words are explained where they stand. */
const DECODED_WHEN = 'editorLangId =~ /^(arm-asm|trapline-listing)$/';
const ASSEMBLY_WHEN = 'resourceLangId == arm-asm';
const SESSION_WHEN = "debugType == 'trapline'";
/** A context that `Levels` sets: the guest that the user looks at runs under the monitor. */
export const HYPERVISED_CONTEXT = 'trapline.hypervised';

const command = (id: string, title: string, more: Readonly<Record<string, unknown>> = {}) => ({
  command: `trapline.${id}`,
  title,
  category: 'Trapline',
  ...more,
});

/** Panels with a place of their own in the Traps view's title; the others are in its menu. */
const PANEL_ICONS: Partial<Record<PanelId, string>> = { timeline: '$(graph)' };

/** The command that opens a panel. */
export function openCommand(id: PanelId): string {
  return `trapline.open${id.charAt(0).toUpperCase()}${id.slice(1)}`;
}

/** What the editor can do with a program, beside the command line. */
const PROGRAM = {
  ...LAUNCH_ATTRIBUTES.program,
  description: `${LAUNCH_ATTRIBUTES.program.description} An assembly file (.s, .S) is built first.`,
};

const { board } = LAUNCH_ATTRIBUTES;

const SETTINGS = {
  'trapline.toolchain.command': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    markdownDescription:
      'The compiler driver that builds assembly files: a path or a name on the PATH, of `arm-none-eabi-gcc`, `clang` (with `lld`) or the like. Without one the first of these that is installed.',
  },
  'trapline.toolchain.arguments': {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'machine-overridable',
    markdownDescription:
      'Arguments behind those of every build, such as `-DDEBUG`, `-Iinclude` or `-Tmine.ld`. Without a linker script among them, the one of the name of the source beside it is taken, else the one of the board.',
  },
  'trapline.build.folder': {
    type: 'string',
    default: '.trapline',
    scope: 'resource',
    markdownDescription:
      'Where ELF files go that are built from assembly files: a path, or a folder beside each source.',
  },
} as const;

/** What a task builds. */
const TASK = {
  type: 'trapline',
  required: ['file'],
  properties: {
    file: { type: 'string', description: 'The assembly file to build.' },
    board: { ...board, description: 'The board that it is for: says where it is linked, and for which processor.' },
    output: {
      type: 'string',
      description:
        'The ELF file to make; without one it gets the name of the source, in the folder that the settings name. A file of that name that was not built by Trapline is left alone.',
    },
    args: {
      type: 'array',
      items: { type: 'string' },
      default: [],
      description: 'More arguments for the compiler driver, such as another source file or -Tmine.ld.',
    },
  },
} as const;

/** The `contributes` section. */
export function contributions(): Record<string, unknown> {
  const panels = Object.entries(PANELS) as [PanelId, string][];
  return {
    debuggers: [
      {
        type: 'trapline',
        label: 'Trapline: 32-bit ARM guest',
        languages: ['arm-asm', 'trapline-listing', 'arm'],
        configurationAttributes: { launch: { properties: { ...LAUNCH_ATTRIBUTES, program: PROGRAM } } },
        configurationSnippets: [
          {
            label: 'Trapline: ELF program',
            description: 'Run an ELF file under the virtual machine monitor',
            body: {
              type: 'trapline',
              request: 'launch',
              name: '${1:guest}',
              program: '^"\\${workspaceFolder}/${2:guest.elf}"',
              stopOnEntry: true,
            },
          },
          {
            label: 'Trapline: assembly file',
            description: 'Build the assembly file in the editor and run it',
            body: {
              type: 'trapline',
              request: 'launch',
              name: '${1:this assembly file}',
              program: '^"\\${file}"',
              stopOnEntry: true,
            },
          },
          {
            label: 'Trapline: boot loader in flash',
            description: 'Run a flash image, such as U-Boot, from address 0',
            body: {
              type: 'trapline',
              request: 'launch',
              name: '${1:U-Boot}',
              bios: '^"\\${workspaceFolder}/${2:u-boot.bin}"',
            },
          },
        ],
      },
    ],
    breakpoints: ['arm-asm', 'trapline-listing', 'arm', 'asm', 'gas', 'c', 'cpp'].map((language) => ({ language })),
    languages: [
      {
        id: 'arm-asm',
        aliases: ['ARM assembly (GNU)'],
        extensions: ['.s', '.S'],
        configuration: './syntaxes/arm-asm.language.json',
      },
      { id: 'trapline-listing', aliases: ['Trapline listing'], extensions: ['.listing'] },
    ],
    grammars: [
      { language: 'arm-asm', scopeName: 'source.arm-asm', path: './syntaxes/arm-asm.tmLanguage.json' },
      {
        language: 'trapline-listing',
        scopeName: 'source.trapline-listing',
        path: './syntaxes/trapline-listing.tmLanguage.json',
      },
    ],
    configurationDefaults: {
      // where the planted words are
      '[trapline-listing]': { 'editor.minimap.enabled': false, 'editor.detectIndentation': false },
      // the debuggers of which the extension Memory Inspector shows variables: its own default, and ours
      'memory-inspector.debugTypes': ['gdb', 'embedded-debug', 'arm-debugger', 'trapline'],
    },
    customEditors: [
      {
        viewType: 'trapline.image',
        displayName: 'ELF image',
        selector: [{ filenamePattern: '*.elf' }],
        priority: 'default',
      },
    ],
    configuration: { title: 'Trapline', properties: SETTINGS },
    taskDefinitions: [TASK],
    problemMatchers: [
      {
        name: 'trapline-as',
        owner: 'trapline-as',
        source: 'as',
        fileLocation: ['autoDetect', '${cwd}'],
        pattern: {
          regexp: '^(.+?):(\\d+):(?:(\\d+):)? (?:[Ff]atal )?([Ee]rror|[Ww]arning): (.*)$',
          file: 1,
          line: 2,
          column: 3,
          severity: 4,
          message: 5,
        },
      },
    ],
    viewsContainers: {
      activitybar: [{ id: 'trapline', title: 'Trapline', icon: 'media/trapline.svg' }],
    },
    views: {
      trapline: [
        { type: 'webview', id: 'trapline.traps', name: 'Traps', icon: 'media/trapline.svg' },
        { id: 'trapline.registers', name: 'Registers', icon: 'media/trapline.svg', visibility: 'collapsed' },
      ],
    },
    viewsWelcome: [
      {
        view: 'trapline.registers',
        contents:
          'Start a guest with F5. Every register of its processor and of its devices appears here, with its fields.\n[Open Samples](command:trapline.openSamples)',
      },
    ],
    commands: [
      command('openSamples', 'Open Samples'),
      command('runImage', 'Run Guest', { icon: '$(run)' }),
      command('debugImage', 'Debug Guest', { icon: '$(debug-alt)' }),
      command('openListing', 'Open Listing at…'),
      command('searchListing', 'Search Listing…'),
      command('followPc', 'Follow PC in Listing'),
      command('breakAtAddress', 'Break at Address…'),
      command('decodeWord', 'Decode Word…'),
      command('decodeThisWord', 'Decode This Word'),
      command('showConsole', "Show the Guest's Console", { icon: '$(terminal)' }),
      command('showLog', 'Show Log'),
      command('clearTraps', 'Clear Traps', { icon: '$(clear-all)' }),
      command('copyTraps', 'Copy Traps', { icon: '$(copy)' }),
      command('filterTraps', 'Filter Traps'),
      command('pauseOnTraps', 'Pause on Trap Classes…', { icon: '$(debug-pause)' }),
      command('findRegister', 'Find Register…', { icon: '$(search)' }),
      command('editRegister', 'Set Value…', { icon: '$(edit)' }),
      command('copyRegister', 'Copy Value', { icon: '$(copy)' }),
      command('refreshRegisters', 'Refresh Registers', { icon: '$(refresh)' }),
      command('setLevel', 'Set Optimisation Level…', { icon: '$(dashboard)' }),
      command('toggleCoverage', 'Toggle Coverage Marks'),
      command('exportCoverage', 'Export Coverage…'),
      command('clearCoverage', 'Clear Coverage'),
      ...panels.map(([id, title]) => ({
        command: openCommand(id),
        title: `Show ${title}`,
        category: 'Trapline',
        ...(PANEL_ICONS[id] !== undefined && { icon: PANEL_ICONS[id] }),
      })),
    ],
    menus: {
      commandPalette: [
        { command: 'trapline.runImage', when: `${EDITOR_WHEN} || ${ASSEMBLY_WHEN}` },
        { command: 'trapline.debugImage', when: `${EDITOR_WHEN} || ${ASSEMBLY_WHEN}` },
        { command: 'trapline.decodeThisWord', when: `${EDITOR_WHEN} || ${DECODED_WHEN}` },
        { command: 'trapline.openListing', when: SESSION_WHEN },
        { command: 'trapline.searchListing', when: SESSION_WHEN },
        { command: 'trapline.followPc', when: SESSION_WHEN },
        { command: 'trapline.clearTraps', when: SESSION_WHEN },
        { command: 'trapline.copyTraps', when: SESSION_WHEN },
        { command: 'trapline.setLevel', when: HYPERVISED_CONTEXT },
        { command: 'trapline.findRegister', when: SESSION_WHEN },
        // for what is selected in the tree
        ...['editRegister', 'copyRegister', 'refreshRegisters'].map((id) => ({
          command: `trapline.${id}`,
          when: 'false',
        })),
      ],
      'view/item/context': [
        {
          command: 'trapline.editRegister',
          when: 'view == trapline.registers && viewItem == register.writable',
          group: 'inline@1',
        },
        {
          command: 'trapline.editRegister',
          when: 'view == trapline.registers && viewItem == register.writable',
          group: '1_register@1',
        },
        {
          command: 'trapline.copyRegister',
          when: 'view == trapline.registers && viewItem =~ /^register/',
          group: '1_register@2',
        },
      ],
      'editor/title': [
        { command: 'trapline.debugImage', when: EDITOR_WHEN, group: 'navigation@1' },
        { command: 'trapline.runImage', when: EDITOR_WHEN, group: 'navigation@2' },
      ],
      'editor/title/run': [
        { command: 'trapline.debugImage', when: ASSEMBLY_WHEN, group: 'navigation@1' },
        { command: 'trapline.runImage', when: ASSEMBLY_WHEN, group: 'navigation@2' },
      ],
      'editor/context': [{ command: 'trapline.decodeThisWord', when: DECODED_WHEN, group: '1_trapline' }],
      'webview/context': [
        {
          command: 'trapline.decodeThisWord',
          when: "webviewId == 'trapline.image' && webviewSection == 'instruction'",
          group: '1_trapline',
        },
      ],
      'explorer/context': [
        { command: 'trapline.debugImage', when: IMAGE_WHEN, group: '2_trapline@1' },
        { command: 'trapline.runImage', when: IMAGE_WHEN, group: '2_trapline@2' },
      ],
      'view/title': [
        { command: 'trapline.findRegister', when: 'view == trapline.registers', group: 'navigation@1' },
        { command: 'trapline.refreshRegisters', when: 'view == trapline.registers', group: 'navigation@2' },
        { command: 'trapline.pauseOnTraps', when: 'view == trapline.traps', group: 'navigation@1' },
        { command: 'trapline.copyTraps', when: 'view == trapline.traps', group: 'navigation@2' },
        { command: 'trapline.clearTraps', when: 'view == trapline.traps', group: 'navigation@3' },
        {
          command: 'trapline.setLevel',
          when: `view == trapline.traps && ${HYPERVISED_CONTEXT}`,
          group: 'navigation@4',
        },
        ...panels.map(([id], i) => ({
          command: openCommand(id),
          when: 'view == trapline.traps',
          group: PANEL_ICONS[id] === undefined ? `1_panels@${i + 1}` : `navigation@${5 + i}`,
        })),
      ],
      'debug/toolBar': [{ command: 'trapline.showConsole', when: SESSION_WHEN, group: 'navigation@90' }],
    },
    keybindings: [
      { command: 'trapline.editRegister', key: 'f2', mac: 'enter', when: 'focusedView == trapline.registers' },
      {
        command: 'trapline.copyRegister',
        key: 'ctrl+c',
        mac: 'cmd+c',
        when: 'focusedView == trapline.registers && !inputFocus',
      },
      { command: 'trapline.filterTraps', key: 'ctrl+f', mac: 'cmd+f', when: 'focusedView == trapline.traps' },
      // what shows a hover in a text editor
      { command: 'trapline.decodeThisWord', key: 'ctrl+k ctrl+i', mac: 'cmd+k cmd+i', when: EDITOR_WHEN },
      // without a launch.json VS Code would ask which debugger, because a custom editor has no language
      { command: 'trapline.debugImage', key: 'f5', when: `${EDITOR_WHEN} && !inDebugMode && !debugConfigurationType` },
      {
        command: 'trapline.runImage',
        key: 'ctrl+f5',
        when: `${EDITOR_WHEN} && !inDebugMode && !debugConfigurationType`,
      },
    ],
  };
}

/** The `activationEvents` section: what VS Code does not derive from the contributions. */
export const ACTIVATION_EVENTS: readonly string[] = [
  // panels that were open when the window was reloaded
  ...Object.keys(PANELS).map((id) => `onWebviewPanel:trapline.${id}`),
  'onDebugResolve:trapline',
  'onDebugDynamicConfigurations:trapline',
  'onDebugInitialConfigurations',
  // hovers over instruction words
  'onLanguage:arm-asm',
];

/** The `capabilities` section. */
export const CAPABILITIES = {
  // a folder that is not trusted may not say which programs are run
  untrustedWorkspaces: {
    supported: 'limited',
    description: 'Settings that name programs to be run count only in trusted folders.',
    restrictedConfigurations: ['trapline.toolchain.command', 'trapline.toolchain.arguments'],
  },
  virtualWorkspaces: true,
} as const;
