/**
 * The view "Registers": a native tree of every register of the guest's processor and devices. Asks the session for what is expanded and can be seen: at
 * stops all of it, while the guest runs the devices' alone and seldom. What is hidden costs nothing.
 */
import * as vscode from 'vscode';
import type { StatusInfo } from '../../protocol/model.js';
import type { RegisterGroup, RegisterInfo } from '../../protocol/views/registers.js';
import { chosen } from '../quick-pick.js';
import type { RunningSession, Sessions } from '../sessions.js';
import {
  childrenOfGroup,
  childrenOfPart,
  childrenOfRegister,
  nodeId,
  parentOf,
  SECTIONS,
  type RegisterNode,
} from './nodes.js';
import {
  choicesOf,
  editPrompt,
  fieldText,
  fieldValue,
  groupText,
  problemWith,
  registerDetails,
  registerText,
  whereabouts,
  type ItemText,
} from './text.js';

export const REGISTERS_VIEW = 'trapline.registers';
/** While the guest runs, devices are looked at this seldom, ms. */
const LIVE_MS = 500;

const SECTION_TITLES: Readonly<Record<RegisterGroup['section'], string>> = {
  processor: 'Processor',
  devices: 'Devices',
};

export class RegistersView implements vscode.TreeDataProvider<RegisterNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RegisterNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<RegisterNode>;
  private readonly subscriptions: vscode.Disposable[];
  private session: RunningSession | undefined;
  private stopListening: (() => void)[] = [];
  /** Registers by group, as they were asked for last; what nobody expands is not asked for. */
  private readonly asked = new Map<string, Promise<readonly RegisterInfo[]>>();
  private groups: Promise<readonly RegisterGroup[]> | undefined;
  private liveAt = 0;
  /** It is not as it was when the view was last seen. */
  private stale = false;

  constructor(
    private readonly sessions: Sessions,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.view = vscode.window.createTreeView<RegisterNode>(REGISTERS_VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.subscriptions = [
      this.view,
      this.changed,
      sessions.onDidChangeActive((session) => {
        this.follow(session);
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.stale) this.refresh();
      }),
    ];
  }

  // ---- following the guest

  private follow(session: RunningSession | undefined): void {
    if (session === this.session) return;
    for (const stop of this.stopListening) stop();
    this.session = session;
    const { client } = session ?? {};
    this.stopListening =
      client === undefined
        ? []
        : [
            client.on('stopped', () => {
              this.refresh();
            }),
            client.on('ended', () => {
              this.refresh();
            }),
            client.on('edited', () => {
              this.refresh();
            }),
            client.on('status', (status) => {
              this.heardStatus(status);
            }),
          ];
    this.refresh();
  }

  private heardStatus({ state }: StatusInfo): void {
    if (state === 'stopped' || state === 'ended') return;
    if (!this.view.visible) {
      this.stale = true;
      return;
    }
    const now = Date.now();
    if (now - this.liveAt < LIVE_MS) return;
    this.liveAt = now;
    for (const id of [...this.asked.keys()]) if (id.startsWith('devices/')) this.asked.delete(id);
    this.groups = undefined;
    this.changed.fire(SECTIONS.devices);
  }

  /** Has what is seen asked for anew. */
  refresh(): void {
    this.asked.clear();
    this.groups = undefined;
    this.stale = !this.view.visible;
    if (this.view.visible) this.changed.fire(undefined);
  }

  // ---- the tree

  async getChildren(node?: RegisterNode): Promise<RegisterNode[]> {
    // a view that is opened for the first time has not heard of sessions before
    if (this.session === undefined) this.follow(this.sessions.active);
    if (this.session === undefined) return [];
    try {
      return [...(await this.childrenOf(node))];
    } catch (error) {
      this.log.debug(`registers: ${String(error)}`);
      return [];
    }
  }

  private async childrenOf(node: RegisterNode | undefined): Promise<readonly RegisterNode[]> {
    switch (node?.kind) {
      case undefined:
        return Object.values(SECTIONS);
      case 'section':
        return (await this.allGroups())
          .filter(({ section }) => section === node.section)
          .map((group) => ({ kind: 'group', group }));
      case 'group':
        return childrenOfGroup(node.group, await this.registersOf(node.group.id));
      case 'part':
        return childrenOfPart(node.group, node.part, await this.registersOf(node.group.id));
      case 'register':
        return childrenOfRegister(node.group, await this.client.request('register', { id: node.register.id }));
      case 'field':
        return [];
    }
  }

  private allGroups(): Promise<readonly RegisterGroup[]> {
    this.groups ??= this.client.request('registerGroups', {});
    return this.groups;
  }

  private registersOf(group: string): Promise<readonly RegisterInfo[]> {
    const known = this.asked.get(group);
    if (known !== undefined) return known;
    const asked = this.client.request('registers', { group });
    this.asked.set(group, asked);
    return asked;
  }

  private get client(): RunningSession['client'] {
    if (this.session === undefined) throw new Error('There is no guest; start one with F5.');
    return this.session.client;
  }

  getParent(node: RegisterNode): RegisterNode | undefined {
    return parentOf(node);
  }

  getTreeItem(node: RegisterNode): vscode.TreeItem {
    const item = new vscode.TreeItem('', collapsibleState(node));
    item.id = nodeId(node);
    switch (node.kind) {
      case 'section':
        item.label = SECTION_TITLES[node.section];
        item.iconPath = new vscode.ThemeIcon(node.section === 'processor' ? 'chip' : 'circuit-board');
        break;
      case 'group':
        fill(item, groupText(node.group));
        if (node.group.changed > 0) item.iconPath = CHANGED;
        break;
      case 'part':
        item.label = node.part;
        break;
      case 'register': {
        const { register } = node;
        fill(item, registerText(register));
        item.tooltip = registerDetails(register).join('\n');
        item.contextValue = contextOf(register);
        if (register.before !== undefined) item.iconPath = CHANGED;
        break;
      }
      case 'field': {
        const { register, field } = node;
        fill(item, fieldText(field, register));
        item.tooltip = `${register.name}.${field.name}, bits ${field.at}: ${field.title}`;
        item.contextValue = contextOf(register);
        if (field.before !== undefined) item.iconPath = CHANGED;
        break;
      }
    }
    return item;
  }

  // ---- commands

  /** The node that a command is about: the one it was called on, or the selected one. */
  private nodeFor(argument: unknown): Extract<RegisterNode, { readonly kind: 'register' | 'field' }> | undefined {
    const node = (argument as RegisterNode | undefined) ?? this.view.selection.at(0);
    return node?.kind === 'register' || node?.kind === 'field' ? node : undefined;
  }

  /** Asks for a value and sets it. */
  async edit(argument: unknown): Promise<void> {
    const node = this.nodeFor(argument);
    if (node === undefined) {
      void vscode.window.showInformationMessage('Select a register or one of its fields in the Registers view first.');
      return;
    }
    const { register } = node;
    if (!register.writable) {
      void vscode.window.showInformationMessage(`${register.name} cannot be written.`);
      return;
    }
    const field = node.kind === 'field' ? node.field : undefined;
    const expression = await this.askFor(register, field);
    if (expression === undefined) return;
    await this.client.request('setRegister', {
      id: register.id,
      ...(field !== undefined && { field: field.name }),
      expression,
    });
  }

  private async askFor(
    register: RegisterInfo,
    field: RegisterInfo['fields'][number] | undefined,
  ): Promise<string | undefined> {
    const prompt = editPrompt(register, field);
    const choices = field && choicesOf(field);
    if (field !== undefined && choices !== undefined) {
      const picked = await vscode.window.showQuickPick(
        choices.map(({ value, meaning }) => ({
          label: String(value),
          description: meaning,
          ...(register.value !== undefined &&
            String(value) === String(Number(field.value)) && { detail: 'present value' }),
          value,
        })),
        { title: prompt, placeHolder: `Value of ${register.name}.${field.name}`, matchOnDescription: true },
      );
      return picked && String(picked.value);
    }
    return vscode.window.showInputBox({
      prompt,
      value: field?.value ?? register.value ?? '0x0',
      validateInput: (text) => problemWith(text, field?.bits ?? register.bits),
    });
  }

  async copy(argument: unknown): Promise<void> {
    const node = this.nodeFor(argument);
    if (node === undefined) return;
    const value = node.kind === 'field' ? fieldValue(node.field) : node.register.value;
    await vscode.env.clipboard.writeText(value ?? '');
  }

  /** Asks for a register by its name, or that of a field, and shows it in the tree. */
  async find(): Promise<void> {
    this.follow(this.sessions.active);
    if (this.session === undefined) {
      void vscode.window.showInformationMessage('Registers are those of a guest; start one with F5.');
      return;
    }
    const names = await this.client.request('registerNames', {});
    const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly index: number }>();
    pick.items = names.map((name, index) => ({
      label: name.name,
      description: `${name.title} · ${whereabouts(name)}`,
      detail: name.fields,
      index,
    }));
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.placeholder = 'Name of a register or of a field, or a word of what it is';
    const found = (await chosen(pick))?.index;
    if (found !== undefined) await this.reveal(names[found].group, names[found].id);
  }

  private async reveal(groupId: string, id: string): Promise<void> {
    await vscode.commands.executeCommand(`${REGISTERS_VIEW}.focus`);
    const group = (await this.allGroups()).find((candidate) => candidate.id === groupId);
    const register = (await this.registersOf(groupId)).find((candidate) => candidate.id === id);
    if (group === undefined || register === undefined) return;
    await this.view.reveal({ kind: 'register', group, register }, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    for (const stop of this.stopListening) stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

/** A sign besides the words, and a colour besides the sign. */
const CHANGED = new vscode.ThemeIcon('diff-modified', new vscode.ThemeColor('charts.orange'));

function fill(item: vscode.TreeItem, { label, description, spoken }: ItemText): void {
  item.label = label;
  item.description = description;
  item.accessibilityInformation = { label: spoken };
}

function contextOf({ writable }: RegisterInfo): string {
  return writable ? 'register.writable' : 'register';
}

function collapsibleState(node: RegisterNode): vscode.TreeItemCollapsibleState {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case 'section':
      return Expanded;
    case 'register':
      return node.register.fieldCount > 0 ? Collapsed : None;
    case 'field':
      return None;
    default:
      return Collapsed;
  }
}
