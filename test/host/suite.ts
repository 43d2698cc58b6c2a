/** The suite that runs in every extension host, file by file. mocha's globals must exist before it is loaded. */
export async function loadSuite(): Promise<void> {
  await import('./activation.test.js');
  await import('./guest.test.js');
  await import('./flash.test.js');
  await import('./debugging.test.js');
  await import('./panels.test.js');
  await import('./assembly.test.js');
  await import('./levels.test.js');
  await import('./coverage.test.js');
  await import('./decode.test.js');
  await import('./uboot.test.js');
}
