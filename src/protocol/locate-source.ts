/**
 * Where a source file of debug information is for a client: the information has paths of the machine that built the image, the client has its own. Matches
 * them by the longest common end, beside the images and among the files that are known to exist.
 */

/** Path or URI in parts; both kinds of slash separate. */
function parts(path: string): string[] {
  return path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
}

/** The last part of a path or URI. */
export function baseOf(path: string): string {
  return parts(path).pop() ?? path;
}

/** Everything before the last slash, slash included. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** How many parts two paths have in common at their ends. */
function commonEnd(a: string, b: string): number {
  const x = parts(a).reverse();
  const y = parts(b).reverse();
  let n = 0;
  while (n < x.length && n < y.length && x[n] === y[n]) n++;
  return n;
}

export interface SourceSurroundings {
  /** The images that the debug information is from: sources are looked for beside them. */
  readonly images: readonly string[];
  /** Files of the client that are known to exist. */
  readonly known: Iterable<string>;
  readonly exists: (path: string) => Promise<boolean>;
}

/** The client's own path for one of the debug information, or undefined if the client has no such file. */
export async function locateSource(
  path: string,
  { images, known, exists }: SourceSurroundings,
): Promise<string | undefined> {
  const [open] = [...known]
    .map((candidate) => ({ candidate, common: commonEnd(candidate, path) }))
    .sort((a, b) => b.common - a.common);
  const wanted = parts(path);
  // one that was given as a whole, as far as the debug information has it
  if (open && open.common >= Math.min(2, wanted.length)) return open.candidate;
  if (/^([\\/]|[a-zA-Z]:[\\/])/.test(path) && (await exists(path))) return path;
  for (const folder of new Set(images.map(folderOf))) {
    for (let first = 0; first < wanted.length; first++) {
      const candidate = folder + wanted.slice(first).join('/');
      if (await exists(candidate)) return candidate;
    }
  }
  return open && open.common > 0 ? open.candidate : undefined;
}
