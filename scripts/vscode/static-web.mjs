// VS Code for the Web with no server side at all, as vscode.dev is: the static files of the installed VS Code, a web worker extension host, and a
// folder that is reached over HTTP through a file system provider (test/host/web-fs), so that nothing in it is a `file:` URI.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { inRepo, root } from '../lib/repo.mjs';
import { installVSCode } from './install.mjs';
import { QUIET_SETTINGS } from './server.mjs';

/** @type {Record<string, string>} */
const TYPES = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ttf': 'font/ttf',
};

/**
 * code-server's workbench expects its server in two places; both are put back to what a serverless VS Code has.
 * @type {[RegExp, string][]}
 */
const SERVERLESS = [
  [/,remoteAuthority:location\.host\}/, '}'],
  [
    /get userRoamingDataHome\(\)\{return [\w$]+\(([\w$]+)\.file\(this\.userDataPath\)\.with\(\{scheme:([\w$]+)\.vscodeRemote\}\),"User"\)\}/,
    'get userRoamingDataHome(){return $1.file("/User").with({scheme:$2.vscodeUserData})}',
  ],
];

/** @param {string} workbench text of workbench.js */
function serverless(workbench) {
  return SERVERLESS.reduce((text, [found, replacement]) => {
    if (!found.test(text)) throw new Error(`this VS Code's workbench.js is not as expected: nothing matches ${found}`);
    return text.replace(found, replacement);
  }, workbench);
}

/**
 * @param {{ folder: string, tests?: string, settings?: Record<string, unknown> }} options `tests` is relative to the repository
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startStaticWeb({ folder, tests, settings = {} }) {
  const { vscode } = installVSCode();
  const page = path.join(vscode, 'out/vs/code/browser/workbench');
  const workbench = serverless(fs.readFileSync(path.join(page, 'workbench.js'), 'utf8'));
  /** @type {[string, string][]} */
  const mounts = [
    ['/static/out/', path.join(vscode, 'out')],
    ['/static/node_modules/', path.join(vscode, 'node_modules')],
    ['/static/extensions/', path.join(vscode, 'extensions')],
    ['/static/web-fs/', inRepo('test/host/web-fs')],
    ['/static/trapline/', root],
    ['/static/mount/', folder],
  ];
  const index = (/** @type {string} */ authority) => {
    const uri = (/** @type {string} */ at) => ({ scheme: 'http', authority, path: at });
    const configuration = {
      folderUri: { scheme: 'testfs', authority: 'mount', path: '/' },
      additionalBuiltinExtensions: [uri('/static/web-fs')],
      developmentOptions: {
        extensions: [uri('/static/trapline')],
        ...(tests ? { extensionTestsPath: uri(`/static/trapline/${tests}`) } : {}),
        logLevel: 3,
      },
      configurationDefaults: { ...QUIET_SETTINGS, ...settings },
      enableWorkspaceTrust: false,
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
      userDataPath: '/User',
      webviewEndpoint: `http://${authority}/static/out/vs/workbench/contrib/webview/browser/pre`,
      productConfiguration: {
        enableTelemetry: false,
        extensionEnabledApiProposals: { 'trapline.web-fs': ['fileSearchProvider'] },
      },
      _wrapWebWorkerExtHostInIframe: false,
    };
    /** @type {Record<string, string>} */
    const values = {
      WORKBENCH_WEB_CONFIGURATION: JSON.stringify(configuration).replace(/"/g, '&quot;'),
      WORKBENCH_WEB_BASE_URL: '/static',
      WORKBENCH_NLS_FALLBACK_URL: '/static/out/nls.messages.js',
      WORKBENCH_NLS_URL: '/static/out/nls.messages.js',
      WORKBENCH_SCRIPT_NONCE: 'x',
    };
    const template = fs.readFileSync(path.join(page, 'workbench.html'), 'utf8');
    return template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '');
  };
  const server = http.createServer((request, response) => {
    const send = (/** @type {string} */ type, /** @type {string | Buffer} */ body) =>
      response.setHeader('content-type', type).end(body);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const at = decodeURIComponent(url.pathname);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (at === '/') return send('text/html', index(request.headers.host ?? ''));
    if (at === '/static/out/vs/code/browser/workbench/workbench.js') return send('text/javascript', workbench);
    const mount = mounts.find(([prefix]) => `${at}/`.startsWith(prefix));
    const file = mount && path.join(mount[1], at.slice(mount[0].length - 1));
    const stat = file ? fs.statSync(file, { throwIfNoEntry: false }) : undefined;
    if (file && mount[0] === '/static/mount/' && url.search) {
      return send('application/json', JSON.stringify(url.search === '?stat' ? describe(stat) : list(file, stat)));
    }
    if (file && stat?.isFile())
      return send(TYPES[path.extname(file)] ?? 'application/octet-stream', fs.readFileSync(file));
    // npm's VS Code ships its built-in extensions without their browser bundles and translations
    if (/^\/static\/extensions\/.*\.js$/.test(at)) return send('text/javascript', 'exports.activate = () => ({});');
    if (at.endsWith('/package.nls.json')) return send('application/json', '{}');
    response.statusCode = 404;
    return response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The numbers are those of vscode.FileType. */
const fileType = (/** @type {{ isDirectory(): boolean }} */ entry) => (entry.isDirectory() ? 2 : 1);

/** @param {fs.Stats | undefined} stat */
const describe = (stat) =>
  stat
    ? { type: fileType(stat), ctime: stat.ctimeMs, mtime: stat.mtimeMs, size: stat.size }
    : { error: 'no such file' };

/**
 * @param {string} folder
 * @param {fs.Stats | undefined} stat
 */
const list = (folder, stat) =>
  stat?.isDirectory()
    ? fs.readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, type: fileType(entry) }))
    : { error: 'no such folder' };
