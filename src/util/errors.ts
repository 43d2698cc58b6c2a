/**
 * The one catalogue of what a user can do wrong, and how each is said: one sentence that names what is wrong and what to do. Every entry has a number
 * that never changes its meaning; a layer that needs a new one adds it in its hundred. Knows no VS Code and no command line: both show the text as it is.
 */

/** A mistake or misfortune that a person can mend. Its message is for people; `number` identifies it in the catalogue. */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    /** Number in the catalogue; 0 is never used for one. */
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
}

/** Makes a catalogue entry into the function that creates its error. */
export function entry<A extends readonly unknown[]>(
  number: number,
  say: (...args: A) => string,
): (...args: A) => UserError {
  return (...args) => new UserError(number, say(...args));
}

/** 600–699: launch configurations, sessions, the adapter, the editor, the command line. */
export const sessionErrors = {
  wrongType: entry(
    600,
    (attribute: string, wanted: string, got: string) => `${attribute} must be ${wanted}, not ${got}.`,
  ),
  nothingToRun: entry(
    601,
    () => 'The launch configuration names nothing to run; give an image as "program", "bios", "kernel" or "load".',
  ),
  cannotRead: entry(
    602,
    (attribute: string, path: string, why: string) =>
      `${path} cannot be read (${why}); give another file as ${attribute}.`,
  ),
  missingFile: entry(
    603,
    (attribute: string, path: string) => `${path} does not exist; correct the path of ${attribute}.`,
  ),
  missingUBoot: entry(
    604,
    (path: string) => `${path} does not exist; install Debian's U-Boot with: apt-get install u-boot-qemu`,
  ),
  missingAttribute: entry(605, (attribute: string, of: string) => `"${attribute}" is missing in ${of}.`),
  unknownAttribute: entry(
    606,
    (attribute: string, of: string, known: string) => `"${attribute}" in ${of} is unknown; it may have ${known}.`,
  ),
  cannotWriteFlash: entry(
    607,
    (path: string, why: string) =>
      `${path} cannot be written (${why}); what the guest stored in its flash is lost unless that is mended before the session ends.`,
  ),
  missingDirectory: entry(
    608,
    (attribute: string, path: string) =>
      `The folder of ${path} does not exist; make it, or correct the path of ${attribute}.`,
  ),
  notLaunched: entry(620, () => 'No guest is loaded; launch one first.'),
  versionMismatch: entry(
    622,
    (client: number, worker: number) =>
      `Parts of Trapline are of different versions (protocol ${client} and ${worker}); reload the window, and install Trapline again if that does not help.`,
  ),
  guestEnded: entry(623, () => 'The guest has ended; restart the session to run it again.'),
  guestRunning: entry(624, () => 'The guest is running; pause it first.'),
  noSuchDocument: entry(
    625,
    (document: string) => `No listing is named ${document}; listings end with the session that made them.`,
  ),
  noListingThere: entry(
    626,
    (address: string) => `No memory that the guest can execute lies at ${address}, so there is nothing to list.`,
  ),
  noImageOpen: entry(627, () => 'No image has been opened to be looked at; open one first.'),
  notAnAddress: entry(640, (text: string) => `"${text}" is no address; write one such as 0x40008000.`),
  readOnlyVariable: entry(641, (name: string) => `${name} cannot be set.`),
  noMemoryAt: entry(642, (address: string) => `The guest has no writable memory at ${address}.`),
  usage: entry(660, (message: string) => message),
  bug: entry(
    699,
    (command: string) =>
      `Trapline met an error of its own in "${command}"; the output channel "Trapline" has the details. Stop the session and start it again.`,
  ),
  workerDied: entry(680, (why: string) => `The emulator ended unexpectedly (${why}); restart the session.`),
};
