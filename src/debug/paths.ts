/** Source paths as debug information and editors write them: joined, normalised, compared from their ends. Knows no file system. */

/** True for `/x`, `\x` and `C:\x`. */
export function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(path);
}

/** `path` seen from `folder`, with `.` and `..` resolved and separators as `/`. */
export function joinPath(folder: string, path: string): string {
  return normalize(isAbsolute(path) || folder === '' ? path : `${folder}/${path}`);
}

/** The same path without `.`, `..` (where it can go) and doubled separators, with `/` between parts. */
export function normalize(path: string): string {
  const drive = /^[A-Za-z]:/.exec(path)?.[0] ?? '';
  const rest = path.slice(drive.length).replaceAll('\\', '/');
  const rooted = rest.startsWith('/');
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  return `${drive.toUpperCase()}${rooted ? '/' : ''}${parts.join('/')}`;
}

/** How many parts two normalised paths have in common at their ends. */
function commonTail(a: string, b: string): number {
  const x = a.split('/');
  const y = b.split('/');
  let n = 0;
  while (n < x.length && n < y.length && x[x.length - 1 - n] === y[y.length - 1 - n]) n++;
  return n;
}

/**
 * Which of the known paths a wanted one means: itself if it is known; else those that share the longest tail with it, of which a relative one must be
 * shared entirely. All must have the wanted file name. Several are returned where nothing tells them apart.
 */
export function matchPath(wanted: string, known: readonly string[]): string[] {
  const path = normalize(wanted);
  const candidates = known.map((name) => ({ name, path: normalize(name) }));
  const exact = candidates.filter((candidate) => candidate.path === path);
  if (exact.length > 0) return exact.map(({ name }) => name);
  let best = 1;
  let found: string[] = [];
  for (const candidate of candidates) {
    const shared = commonTail(path, candidate.path);
    if (shared < best) continue;
    if (!isAbsolute(candidate.path) && shared < candidate.path.split('/').length) continue;
    if (shared > best) found = [];
    best = shared;
    found.push(candidate.name);
  }
  return found;
}
