/** The guests that come with Trapline: every file under samples/. Kept as a list because a web extension's own folder cannot be listed. */
export const SAMPLE_FILES: readonly string[] = [
  '.vscode/launch.json',
  'hello/hello.elf',
  'hello/hello.ld',
  'hello/hello.s',
  'privilege/privilege.elf',
  'privilege/privilege.ld',
  'privilege/privilege.s',
];
