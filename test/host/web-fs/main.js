// A read-only folder over HTTP under the scheme `testfs`: what an extension finds at vscode.dev, where nothing is a `file:` URI.
const vscode = require('vscode');

exports.activate = (context) => {
  const mount = context.extensionUri.with({ path: '/static/mount' });
  const get = (uri, query) => fetch(mount.with({ path: mount.path + uri.path, query }).toString(true));
  const ask = async (uri, query) => {
    const answer = await (await get(uri, query)).json();
    if (answer.error) throw vscode.FileSystemError.FileNotFound(uri);
    return answer;
  };
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions('this folder is read-only');
  };
  const changes = new vscode.EventEmitter();
  const provider = {
    onDidChangeFile: changes.event,
    watch: () => ({ dispose() {} }),
    stat: (uri) => ask(uri, 'stat'),
    readDirectory: async (uri) => (await ask(uri, 'readdir')).map(({ name, type }) => [name, type]),
    async readFile(uri) {
      const answer = await get(uri, '');
      if (!answer.ok) throw vscode.FileSystemError.FileNotFound(uri);
      return new Uint8Array(await answer.arrayBuffer());
    },
    writeFile: refuse,
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider('testfs', provider, { isReadonly: true, isCaseSensitive: true }),
    // without one, VS Code waits seconds for `workspaceContains:` before it runs the tests
    vscode.workspace.registerFileSearchProvider('testfs', { provideFileSearchResults: async () => [] }),
  );
};
