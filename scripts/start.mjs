// `npm start`: VS Code with this checkout loaded, on the folder samples/. Installs and builds what is missing first.
//
//   npm start                  desktop VS Code if `code` is on the PATH, else as with --browser
//   npm start -- --browser     VS Code in the browser: prints its address and serves it until Ctrl-C
import { ensureDependencies, inRepo, onPath, root, run, seconds } from './lib/repo.mjs';

/** @param {string} why */
function giveUp(why) {
  console.error(why);
  process.exit(1);
}

const start = performance.now();
if (!(await ensureDependencies())) giveUp('npm ci failed; its messages are above.');
const { bundle } = await import('./bundle.mjs');
await bundle().catch(() => giveUp('The build failed; its messages are above.'));
console.log(`Built (${seconds(start)}).`);

const samples = inRepo('samples');
if (onPath('code') && !process.argv.includes('--browser')) {
  console.log('Opening VS Code on samples/. Pick a guest in Run and Debug, then press F5.');
  process.exitCode = await run('code', [`--extensionDevelopmentPath=${root}`, samples], {
    shell: process.platform === 'win32',
  });
} else {
  const { startServer, workbenchUrl } = await import('./vscode/server.mjs');
  const server = await startServer({
    delivery: { kind: 'link' },
    data: inRepo('.vscode-test/user'),
    secret: true,
  }).catch((error) =>
    giveUp(`${error.message}\nWith a desktop VS Code, and its \`code\` on the PATH, npm start needs none of this.`),
  );
  if (server) {
    console.log(`\nVS Code with Trapline runs at\n\n  ${workbenchUrl(server, samples)}\n`);
    console.log('Open it in a browser, pick a guest in Run and Debug, press F5. Ctrl-C here ends it.');
    let stopping = false;
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        stopping = true;
        void server.stop();
      });
    }
    await server.exited;
    if (!stopping) giveUp(`VS Code's server ended by itself:\n${server.log()}`);
  }
}
